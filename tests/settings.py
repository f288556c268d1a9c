"""The settings under test: the project's, with quick passwords, a database of one's own and nothing from `.env`.

`TEST_DATABASE=postgresql` runs the suite on PostgreSQL: on the server named by `DATABASE_URL`, else on one that is
thrown away. The first process starts it; the workers of pytest-xdist inherit `DATABASE_URL`. SQLite databases are
files in `TEST_DB_DIR`, by default a temporary folder.
"""

import atexit
import os
import shutil
import tempfile

os.environ |= {
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "BACKUP_DIR": os.path.join(tempfile.gettempdir(), "cnscd-no-backups-here"),
    "BEHIND_PROXY": "0",
    "CSRF_TRUSTED_ORIGINS": "",
    "DEBUG": "0",
    "DEMO": "0",
    "HTTPS": "0",
    "IDLE_MINUTES": "30",
    "LOG_LEVEL": "WARNING",
    "OFFICE_HOURS": "07:30-11:30,13:30-17:00",
    "REPORT_LAST_DAY": "14",
    "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789",
}
_names_a_server = os.environ.get("DATABASE_URL", "").startswith(("postgres:", "postgresql:"))
os.environ.setdefault("TEST_DATABASE", "postgresql" if _names_a_server else "sqlite")

if os.environ["TEST_DATABASE"] == "postgresql":
    if not _names_a_server:
        from tests.cluster import Cluster, NoServer

        try:
            _cluster = Cluster().start()
        except NoServer as error:
            raise SystemExit(str(error)) from error
        atexit.register(_cluster.stop)
        os.environ["DATABASE_URL"] = _cluster.url
elif os.environ["TEST_DATABASE"] == "sqlite":
    os.environ["DATABASE_URL"] = "sqlite:///:memory:"  # never opened: the tests' databases are the files below
    if "TEST_DB_DIR" not in os.environ:
        os.environ["TEST_DB_DIR"] = tempfile.mkdtemp(prefix="cnscd-test-")
        atexit.register(shutil.rmtree, os.environ["TEST_DB_DIR"], ignore_errors=True)
    os.makedirs(os.environ["TEST_DB_DIR"], exist_ok=True)
else:
    raise SystemExit("TEST_DATABASE is sqlite or postgresql")

from cnscd.settings import *  # noqa: E402, F403
from cnscd.settings import DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

if os.environ["TEST_DATABASE"] == "sqlite":
    # A file by name from the start: a live server made before the test database takes ":memory:" for a connection to
    # share between its threads, and SQLite crashes.
    DATABASES["default"]["NAME"] = os.path.join(os.environ["TEST_DB_DIR"], "never-opened.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(os.environ["TEST_DB_DIR"], "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
