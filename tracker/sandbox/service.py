"""The web service: the framework's configuration, the root, addresses, and the WSGI application.

The framework's component registry belongs to the process, so nothing here knows a particular sandbox: each
request carries its own database and address (see `access.Visit`), and several sandboxes live side by side.
"""

import hashlib
import importlib.resources
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC
from email.utils import format_datetime
from functools import cache
from io import BytesIO
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from lazr.restful import RedirectResource, register_versioned_request_utility
from lazr.restful.interfaces import (
    IServiceRootResource,
    ITopLevelEntryLink,
    IWebBrowserOriginatingRequest,
    IWebServiceClientRequest,
    IWebServiceConfiguration,
    IWebServiceExceptionView,
)
from lazr.restful.simple import (
    BaseWebServiceConfiguration,
    Publication,
    Request,
    RootResource,
    SimulatedWebsiteRequest,
)
from zope.component import adapter, provideUtility, queryMultiAdapter
from zope.configuration import xmlconfig
from zope.interface import implementer
from zope.interface.interface import InterfaceClass
from zope.publisher.interfaces import IPublishTraverse, NotFound
from zope.publisher.publish import publish
from zope.security.proxy import removeSecurityProxy
from zope.traversing.browser.interfaces import IAbsoluteURL

from tracker.sandbox import access, tokens
from tracker.sandbox.access import Visit, visit
from tracker.sandbox.authorizing import Pages
from tracker.sandbox.bug_interfaces import IBug
from tracker.sandbox.filing import Bugs
from tracker.sandbox.interfaces import IPerson, IProject
from tracker.sandbox.journal import OvertakenError
from tracker.sandbox.people import People, find_account
from tracker.sandbox.projects import Projects, find_project
from tracker.sandbox.registering import Specifications
from tracker.sandbox.specification_interfaces import ISpecification
from tracker.sandbox.store import IPublished, Redirect, Store

VERSIONS = ["1.0", "devel"]

# The front server of a Launchpad refuses longer request lines with a page, before the web service sees them.
LONGEST_REQUEST_LINE = 4094

_ANY_ROOT = "http://any-root.invalid/"

Environment = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]


class FeatureError(Exception):
    """A page before the first one: Launchpad answers 500 to `ws.start=-1`, the framework would not."""


def _revision() -> str:
    """Return what the ETag of the service's description hangs on: clients keep the description for long."""
    files = importlib.resources.files(__package__)
    names = ("interfaces", "bug_interfaces", "specification_interfaces", "declarations", "words")
    return hashlib.sha256(b"".join(files.joinpath(f"{name}.py").read_bytes() for name in names)).hexdigest()


class Configuration(BaseWebServiceConfiguration):  # type: ignore[misc]
    """The settings that Launchpad runs the framework with."""

    active_versions = VERSIONS
    caching_policy = (7 * 24 * 3600, 3600)
    code_revision = _revision()
    compensate_for_mod_compress_etag_modification = True
    default_batch_size = 75
    enable_server_side_representation_cache = False
    first_version_with_total_size_link = "devel"
    hostname = ""
    last_version_with_mutator_named_operations = None
    max_batch_size = 300
    path_override = None
    port = 0
    require_explicit_versions = False
    service_description = "A Launchpad on this machine."
    service_root_uri_prefix = ""
    show_tracebacks = False
    use_https = False
    version_descriptions: ClassVar[dict[str, str]] = {}
    view_permission = "zope.Public"

    def createRequest(self, body: Any, environ: Environment) -> Any:  # noqa: N802 (the framework's name)
        """Make a request, also when the framework follows a link in one."""
        request = ServiceRequest(body, environ)
        request.setPublication(ServicePublication(None))
        return request


class ServiceRequest(Request):  # type: ignore[misc]
    """A request to the web service."""

    oopsid: str | None = None

    def getHeader(  # noqa: N802 (the framework's name)
        self, name: str, default: Any = None, literal: bool = False
    ) -> Any:
        """Return a header; a weak ETag matches nothing on Launchpad, and would half match here."""
        value = super().getHeader(name, default, literal)
        return re.sub(r'W/"[^"]*"', '"weak"', value) if name == "If-Match" and value else value

    def close(self) -> None:
        """Let go of the body, which the framework keeps in a file when it is long."""
        self.bodyStream.cacheStream.close()
        super().close()


class ServicePublication(Publication):  # type: ignore[misc]
    """How a request is answered, where Launchpad does other than the framework."""

    def beforeTraversal(self, request: Any) -> None:  # noqa: N802 (the framework's name)
        """Check the token first: a bad one is refused whatever is asked.

        The publisher keeps the header to itself.
        """
        super().beforeTraversal(request)
        tokens.authenticate(visit().store, request._auth)  # noqa: SLF001 (see above)
        start = request.form.get("ws.start", "0")
        if isinstance(start, str) and start.startswith("-") and start[1:].isdecimal():
            raise FeatureError

    def handleException(  # noqa: N802 (the framework's name)
        self, ob: Any, request: Any, exc_info: Any, retry_allowed: bool = True
    ) -> None:
        """Give a server error an id, as Launchpad does."""
        view = queryMultiAdapter((exc_info[1], request), name="index.html")
        if view is not None and IWebServiceExceptionView.providedBy(view) and view.status // 100 == 5:
            request.oopsid = f"OOPS-{secrets.token_hex(16)}"
        super().handleException(ob, request, exc_info, retry_allowed)


@implementer(ITopLevelEntryLink, IPublished)
class Me:
    """The link to the person who asks."""

    link_name = "me"
    entry_type = IPerson
    path = "people/+me"


_SETS = {"bugs": Bugs, "people": People, "projects": Projects, "specs": Specifications}
"""The sets by where they are, which is not always where the root says."""


class Root(RootResource):  # type: ignore[misc]
    """The service root."""

    def __init__(self) -> None:
        super().__init__()
        self._descriptions: dict[str, str] = {}

    def toWADL(self) -> str:  # noqa: N802 (the framework's name)
        """Describe the service; the framework takes its time for it, so it is asked once for each version."""
        version, root = self.request.version, visit().root
        if version not in self._descriptions:
            self._descriptions[version] = super().toWADL().replace(root, _ANY_ROOT)
        return self._descriptions[version].replace(_ANY_ROOT, root)

    # The framework would keep what it finds first, for all sandboxes.
    @property
    def top_level_collections(self) -> dict[str, tuple[Any, Any]]:
        """Name what the root links to and what kind of entries it holds."""
        store = visit().store
        return {
            "bugs": (IBug, Bugs(store)),
            "people": (IPerson, People(store)),
            "projects": (IProject, Projects(store)),
            "specifications": (ISpecification, Specifications(store)),
        }

    @property
    def top_level_entry_links(self) -> dict[str, Any]:
        """Name the single entries that the root links to."""
        return {"me": Me()}

    def get(self, request: Any, name: str) -> Any:
        """Find what an address begins with: a set, a person or a project."""
        store = visit().store
        if name in _SETS:
            return _SETS[name](store)
        found = find_account(store, name[1:]) if name.startswith("~") else find_project(store, name)
        return _resource(found, request)


class Redirection(RedirectResource):  # type: ignore[misc]
    """An answer that leads elsewhere, whatever the method."""

    def __init__(self, redirect: Redirect, request: Any) -> None:
        super().__init__(f"{service_root(request)}{redirect.path}", request)
        self._status = redirect.status

    def __call__(self) -> None:
        """Send the client on."""
        super().__call__()
        self.request.response.setStatus(self._status)


def _resource(found: Any, request: Any) -> Any:
    return Redirection(found, request) if isinstance(found, Redirect) else found


@implementer(IPublishTraverse)
@adapter(IPublished, IWebServiceClientRequest)
class Traversal:
    """The way from a record to what is published below it."""

    def __init__(self, context: Any, request: Any) -> None:
        self._context = context

    def publishTraverse(self, request: Any, name: str) -> Any:  # noqa: N802 (the framework's name)
        """Take one step, or two where an address has a word between, as `+bug/1`."""

        def more() -> str | None:
            stack = request.getTraversalStack()
            following = unquote(stack.pop()) if stack else None
            request.setTraversalStack(stack)
            return following

        found = _resource(self._context.child(unquote(name), more), request)
        if found is None:
            raise NotFound(self._context, name)
        return found


def service_root(request: Any) -> str:
    """Return the address of the web service in the version that is asked."""
    return f"{visit().root}{request.version}/"


class _Url:
    """An address, however the framework asks for it."""

    def __init__(self, base: str, path: str = "") -> None:
        self._url = base + quote(path, safe="/~+@:")

    def __str__(self) -> str:
        return self._url

    __call__ = __str__


@implementer(IAbsoluteURL)
@adapter(IPublished, IWebServiceClientRequest)
class Address(_Url):
    """Where something is published."""

    def __init__(self, context: Any, request: Any) -> None:
        super().__init__(service_root(request), context.path)


@implementer(IAbsoluteURL)
@adapter(IServiceRootResource, IWebServiceClientRequest)
class RootAddress(_Url):
    """Where the service root is."""

    def __init__(self, context: Any, request: Any) -> None:
        del context
        super().__init__(service_root(request))


@adapter(IWebServiceClientRequest)
class WebRequest(SimulatedWebsiteRequest):  # type: ignore[misc]
    """A request for a page, made from one to the web service; the sandbox has only the pages' addresses."""

    def __init__(self, request: Any) -> None:
        super().__init__(request.bodyStream, {"SERVER_URL": visit().root})


@implementer(IAbsoluteURL)
@adapter(IPublished, IWebBrowserOriginatingRequest)
class WebAddress(_Url):
    """Where the page of something would be."""

    def __init__(self, context: Any, request: Any) -> None:
        del request
        super().__init__(visit().root, context.path)


@cache
def configure() -> None:
    """Register all this with the framework, once in a process."""
    provideUtility(Configuration(), IWebServiceConfiguration)
    provideUtility(Root(), IServiceRootResource)
    marker = IWebServiceClientRequest
    for version in VERSIONS:
        marker = InterfaceClass(f"IRequestOfVersion{version}", (marker,), {})
        register_versioned_request_utility(marker, version)
    xmlconfig.string(importlib.resources.files(__package__).joinpath("site.zcml").read_bytes())


class Application:
    """A sandbox's web service as a WSGI application."""

    def __init__(self, store: Store, report: Callable[[str, str, int], None]) -> None:
        configure()
        self._store = store
        self._pages = Pages(store)
        self._report = report

    def __call__(self, environ: Environment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request in one transaction, which stands only if the answer is no error."""
        path = quote(environ.get("PATH_INFO", ""), safe="/~+@:,=%")
        query = environ.get("QUERY_STRING", "")
        target = f"{path}?{query}" if query else path
        method = environ["REQUEST_METHOD"]
        if len(f"{method} {target} HTTP/1.1") > LONGEST_REQUEST_LINE:
            status, headers, body = _page("400 Bad Request")
        else:
            status, headers, body = self._pages.answer(environ) or _lead_on(environ, path) or self._answer(environ)
        headers = [(name, value) for name, value in headers if name.lower() != "date"]
        headers.append(("Vary", "Accept"))
        headers.append(("Date", format_datetime(self._store.clock().astimezone(UTC), usegmt=True)))
        self._report(method, target, int(status[:3]))
        start_response(status, headers)
        return body

    def _answer(self, environ: Environment) -> tuple[str, list[tuple[str, str]], list[bytes]]:
        """Answer with what there was when the request arrived, else, where that was overtaken, with what there is."""
        arrival = self._store.journal.arrive()
        try:
            sent = environ["wsgi.input"].read()
            try:
                return self._publish({**environ, "wsgi.input": BytesIO(sent)}, arrival)
            except OvertakenError:
                return self._publish({**environ, "wsgi.input": BytesIO(sent)}, None)
        finally:
            self._store.journal.leave(arrival)

    def _publish(self, environ: Environment, arrival: int | None) -> tuple[str, list[tuple[str, str]], list[bytes]]:
        host = environ.setdefault("HTTP_HOST", f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}")
        present = Visit(self._store, f"http://{host}/")
        with self._store.transaction(arrival) as undo, access.visiting(present):
            request = ServiceRequest(environ["wsgi.input"], environ)
            request.setPublication(ServicePublication(None))
            response = publish(request, handle_errors=True).response
            if response.getStatus() >= 400:
                undo()
            body = [*removeSecurityProxy(response.consumeBodyIter())]
            return response.getStatusString(), response.getHeaders(), body


def _lead_on(environ: Environment, path: str) -> tuple[str, list[tuple[str, str]], list[bytes]] | None:
    """Lead from where Launchpad has a page for people to what the web service says there: there are no pages here."""
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or path.split("/")[1] in {*VERSIONS, "beta"}:
        return None
    return "303 See Other", [("Location", f"/devel{path}"), ("Content-Length", "0")], []


def _page(status: str) -> tuple[str, list[tuple[str, str]], list[bytes]]:
    body = f"<html><head><title>{status[4:]}</title></head><body><h1>{status[4:]}</h1></body></html>".encode()
    return status, [("Content-Type", "text/html"), ("Content-Length", str(len(body)))], [body]
