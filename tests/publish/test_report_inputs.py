"""The report's account of each raw file."""

from broadsheet.publish.accounting import InputFile, write_inputs
from broadsheet.publish.report import FileAccount, accounts_of_files


def write(release, count):
    write_inputs(release, [InputFile(f"{n:02}.txt", 1, "0" * 64, skipped=n) for n in range(count)])


def test_the_largest_file_comes_first(tmp_path):
    write(tmp_path, 3)

    assert [file.path for file in accounts_of_files(tmp_path)] == ["02.txt", "01.txt", "00.txt"]


def test_of_many_files_the_others_are_one_account_and_all_add_up(tmp_path):
    write(tmp_path, 25)

    files = accounts_of_files(tmp_path)

    assert files[-1] == FileAccount(path=None, files=5, skipped=0 + 1 + 2 + 3 + 4)
    assert sum(file.files for file in files) == 25
    assert sum(file.skipped for file in files) == sum(range(25))


def test_a_release_without_raw_files_has_none(tmp_path):
    assert accounts_of_files(tmp_path) == ()
