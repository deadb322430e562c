"""Whatever fails, and at whatever step: releases stay sound, and a second run mends the rest."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("crash_at_each_step.py")


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("action", "every"), [("kill", 1), ("error", 4), ("terminate", 12)])
def test_a_fault_at_any_step_harms_no_release(tmp_path, action, every):
    """Killed with -9, a failing system call, SIGTERM: see the script for what a step is."""
    command = [sys.executable, str(SCRIPT), str(tmp_path), action, str(every)]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    found = json.loads(done.stdout)
    assert found["steps"] > 50
    assert found["broken"] == []
    assert "1" not in found["statuses"], done.stderr
