"""Takes an uploaded file in as a stream: straight into BECKON_HOME, never held in memory, never past its limit.

The file is received before any transaction is opened, and only from who may import.
"""

import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from beckon.core.models import Membership, Organization
from beckon.people.importing.folders import owner_only
from beckon.web.access import RUNS_CAMPAIGNS
from beckon.web.importing import drafts
from beckon.web.middleware import refuse_nul

LARGEST = 4 << 30
"""Bytes of a file that are taken in; a list of 20 million people has about three thousand million."""
FIELD = "file"
View = Callable[..., HttpResponseBase]
_STRANGE = re.compile(r"[^\w.\- ()]+")


class ReceivedFile(UploadedFile):
    """A file that lies in BECKON_HOME already, in the folder of the draft `token`."""

    def __init__(self, path: Path, token: str, size: int, content_type: str) -> None:
        super().__init__(None, path.name, content_type, size)
        self.path, self.token = path, token


class IntoHome(FileUploadHandler):
    """Writes the one file of the form into a new draft's folder. `is_too_large` once the limit is passed."""

    chunk_size = 1 << 20

    def __init__(self, request: HttpRequest, schema: str) -> None:
        super().__init__(request)
        self._schema, self._token, self._size = schema, "", 0
        self._path: Path | None = None
        self._out: Any = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Open the file to write to; other fields than the one of the form are refused."""
        super().new_file(*args, **kwargs)
        if self.field_name != FIELD or self._path is not None:
            raise StopUpload(connection_reset=False)
        self._token, folder = drafts.new_folder(self._schema)
        self._path = folder / safe_name(self.file_name or "")
        with owner_only():
            self._out = self._path.open("xb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a chunk; nothing is kept."""
        self._size += len(raw_data)
        if self._size > LARGEST:
            self.upload_interrupted()
            if self.request is not None:
                self.request.META["beckon.too_large"] = True
            raise StopUpload(connection_reset=False)
        self._out.write(raw_data)

    def file_complete(self, file_size: int) -> ReceivedFile | None:
        """The file as the form sees it."""
        if self._path is None:
            return None
        self._out.close()
        return ReceivedFile(self._path, self._token, self._size, self.content_type or "")

    def upload_interrupted(self) -> None:
        """The sender went away, or the file is too large: what came is thrown away."""
        if self._out is not None:
            self._out.close()
            drafts.remove(self._schema, self._token)

    def throw_away_unclaimed(self) -> None:
        """What came and became no draft does not stay: the form's token was wrong, or something broke."""
        if self._token and drafts.load(self._schema, self._token) is None:
            self.upload_interrupted()


def safe_name(name: str) -> str:
    """A file's name without anything that could lead elsewhere or be taken for a command."""
    plain = _STRANGE.sub("_", Path(name.replace("\\", "/")).name).strip(". ")
    return plain[-120:].lstrip(". ") or "file.csv"


def receiving(view: View) -> View:
    """Let members who may import send a file to `view` (made by `page`); everybody else meets the door as usual."""
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def enter(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        organization = _practice_of_importer(request, slug)
        if request.method != "POST" or organization is None:
            return view(request, slug, *args, **kwargs)
        into_home = IntoHome(request, organization.schema_name)
        request.upload_handlers = [into_home]
        try:
            return refuse_nul(request) or checked(request, slug, *args, **kwargs)
        finally:
            into_home.throw_away_unclaimed()

    return enter


def _practice_of_importer(request: HttpRequest, slug: str) -> Organization | None:
    if not request.user.is_authenticated:
        return None
    found = (
        Membership.objects.select_related("organization")
        .filter(user_id=request.user.pk, organization__slug=slug, ended_at=None, role__in=RUNS_CAMPAIGNS)
        .first()
    )
    return found.organization if found else None
