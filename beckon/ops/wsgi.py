"""The application the web server calls. Nothing else may import this: it sets Django up."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beckon.settings")
application = get_wsgi_application()
