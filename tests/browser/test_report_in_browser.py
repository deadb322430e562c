"""A real browser shows the report as it is meant: scraped strings inert, nothing requested.

Needs Chromium; where there is none these tests are skipped.
"""

import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from broadsheet.config import Config, Dataset
from broadsheet.publish.report import Aggregates, FileAccount, ReportFacts, render_report
from broadsheet.publish.report_aggregates import Copied, ReasonCount, Sample
from broadsheet.records import Accounts, ExpectationResult, Severity, Verdict
from broadsheet.validate import Expectation, Suite, render_data_docs

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

PWNED = "pwned by the page"
POLICY = 'http-equiv="Content-Security-Policy"'


@pytest.fixture
def server():
    """Serve nothing on this machine, and note what is asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()
        thread.join()


@pytest.fixture
def browse(tmp_path):
    """Open a page in a fresh browser and return its document as the browser made it."""

    def open_page(page):
        path = tmp_path / "index.html"
        path.write_text(page, encoding="utf-8")
        options = (
            "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
            "--disable-background-networking --disable-component-update --virtual-time-budget=2000"
        )
        command = [CHROMIUM, *options.split(), f"--user-data-dir={tmp_path / 'profile'}"]
        command += ["--dump-dom", path.as_uri()]
        return subprocess.run(command, capture_output=True, check=True, timeout=100).stdout.decode()

    return open_page


def attack(url):
    """Return markup that shows when it was taken for markup."""
    return (
        f'</title></style></code><script>document.title="{PWNED}"</script>'
        f'<script src="{url}/script"></script><img src="{url}/image" '
        f'onerror="document.title=\'{PWNED}\'"><link rel=stylesheet href="{url}/style">'
        f'<iframe src="{url}/frame"></iframe><style>@import "{url}/import";</style>'
        f'<meta http-equiv="refresh" content="0;url={url}/refresh"><base href="{url}/">'
        f'<form action="{url}/form"><button autofocus onfocus="document.title=\'{PWNED}\'">'
        f"</form>{{{{7*7}}}} [x](javascript:document.title='{PWNED}') ![x]({url}/markdown)"
    )


def render(text):
    rule = ExpectationResult(
        id=text,
        type=text,
        description=text,
        column=text,
        severity=Severity.ERROR,
        success=False,
        evaluated=10,
        unexpected=1,
        observed=text,
        samples=(text,),
    )
    verdict = Verdict(
        suite=text, data_sha256=text, rows=10, results=(rule,), faults=(text,), passed=False
    )
    sample = Sample(source=text, detail=text, excerpt=text)
    counts = {text: 3, "other": 2}
    dataset = Dataset(name="brell", pretty_name=text, description=text, license="cc0-1.0")
    return render_report(
        ReportFacts(
            config=Config(dataset=dataset),
            version=text,
            accounts=Accounts(raw=13, published=10, duplicates=1, quarantined=2),
            batches=verdict,
            release=verdict,
            drift=verdict,
            skipped=((text, 1),),
            files=(FileAccount(path=text, raw=13),),
            aggregates=Aggregates(
                rows=10,
                missing={text: 1, "outlet": 5},
                outlets=counts,
                languages=counts,
                precisions=counts,
                formats=counts,
                notes=counts,
                copied=(Copied(id=text, title=text, copies=2),),
                quarantine=(ReasonCount(reason=text, stage=text, records=2, samples=(sample,)),),
            ),
        )
    )


def test_scraped_strings_do_nothing(browse, server):
    url, asked = server
    document = browse(render(attack(url)))
    assert f"<title>{PWNED}" not in document
    assert "<script" not in document
    assert "<iframe" not in document
    assert "{{7*7}}" in document
    assert asked == []


# No policy stops a page from being left by a refresh; there escaping alone stands guard.
def test_the_policy_stops_markup_that_would_slip_through(browse, server):
    url, asked = server
    page = render("plain").replace("</main>", f"{attack(url)}</main>")
    page = page.replace(f'<meta http-equiv="refresh" content="0;url={url}/refresh">', "")
    assert f"<title>{PWNED}" not in browse(page)
    assert asked == []


def test_without_the_policy_the_same_markup_would_run(browse, server):
    """The two tests above can fail: this one shows what they look for."""
    url, asked = server
    page = render("plain").replace("</main>", f"{attack(url)}</main>")
    page = page.replace(f'<meta http-equiv="refresh" content="0;url={url}/refresh">', "")
    document = browse(page.replace(POLICY, "name=none"))
    assert f"<title>{PWNED}" in document
    assert {"/script", "/image", "/frame"} <= set(asked)


def test_data_docs_do_nothing_with_scraped_strings(browse, server):
    url, asked = server
    text = attack(url)
    rule = Expectation(
        id="title",
        type="expect_column_values_to_not_be_in_set",
        kwargs={"column": text, "value_set": [text]},
        severity=Severity.WARNING,
        description=text,
    )
    found = ExpectationResult(
        id="title",
        type=rule.type,
        description=text,
        column=text,
        severity=Severity.WARNING,
        success=False,
        evaluated=10,
        unexpected=1,
        samples=(text,),
    )
    verdict = Verdict(
        suite="own", data_sha256="", rows=10, results=(found,), faults=(text,), passed=False
    )
    pages = render_data_docs([(Suite(name="own", expectations=(rule,)), verdict)], title=text)

    for page in pages.values():
        document = browse(page.decode())
        assert f"<title>{PWNED}" not in document
        assert "<script" not in document
        assert "{{7*7}}" in document
    assert asked == []
