"""The entry point for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cnscd.settings")
application = get_wsgi_application()
resolve("/")  # imports all pages now: else the first who asks each process waits for it
gc.collect()
gc.freeze()  # what has been loaded stays: the collector need not go through it again and again
