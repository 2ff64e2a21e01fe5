"""bin/with-postgres leaves nothing behind, however its command ends."""

import signal
import subprocess
import sys
import time
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

from tests.tooling.conftest import ROOT, Clone

# Runs the script as the tests' own user, on the programs in PATH alone.
START = f"""
import sys
from importlib.machinery import SourceFileLoader
script = SourceFileLoader("with_postgres", {str(ROOT / "bin/with-postgres")!r}).load_module()
script.USUAL_PLACES = ()
script.server_account = dict
script.tempfile.mkdtemp = lambda **_: __import__("os").mkdir("cluster") or "cluster"
sys.exit(script.main(sys.argv[1:]))
"""
