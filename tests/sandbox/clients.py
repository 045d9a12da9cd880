"""Clients of a sandbox that speak plain HTTP."""

import http.client
import io
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from launchpadlib.credentials import Credentials

from tracker.sandbox.server import Sandbox


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def __getitem__(self, name: str) -> Any:
        return self.json[name]


@dataclass
class Client:
    """Somebody at the web service, as one token identifies them; anonymous without one."""

    root: str
    authorization: str | None = None
    version: str = "devel"

    def url(self, path: str) -> str:
        return f"{self.root}{self.version}/{path}"

    def request(self, method: str, path: str, body: str | bytes = b"", **headers: str) -> Answer:
        target = path if path.startswith("http") else self.url(path)
        parts = urlsplit(target)
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.authorization is not None:
            sent.setdefault("Authorization", self.authorization)
        data = body.encode() if isinstance(body, str) else body
        try:
            connection.request(
                method, f"{parts.path}?{parts.query}" if parts.query else parts.path, data or None, sent
            )
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def op(self, path: str, operation: str, **parameters: Any) -> Answer:
        """A named operation that reads."""
        return self.get(f"{path}?{urlencode({'ws.op': operation, **_encoded(parameters)})}")

    def post(self, path: str, operation: str | None, **parameters: Any) -> Answer:
        """A named operation that writes."""
        form = _encoded(parameters)
        if operation is not None:
            form["ws.op"] = operation
        return self.request("POST", path, urlencode(form), Content_Type="application/x-www-form-urlencoded")

    def patch(self, path: str, changes: Any, **headers: str) -> Answer:
        return self.request("PATCH", path, json.dumps(changes), Content_Type="application/json", **headers)

    def bug(self, project: str, **parameters: Any) -> str:
        """File a bug and return its path."""
        parameters = {"title": "a title", "description": "a description", **parameters}
        answer = self.post("bugs", "createBug", target=self.url(project), **parameters)
        assert answer.status == 201, answer.text
        return answer.headers["Location"].removeprefix(self.url(""))

    def blueprint(self, project: str, name: str = "a-blueprint", **parameters: Any) -> str:
        """Register a blueprint and return its path."""
        parameters = {"name": name, "title": "a title", "summary": "a summary", **parameters}
        answer = self.post("specs", "createSpecification", target=self.url(project), **parameters)
        assert answer.status == 201, answer.text
        return answer.headers["Location"].removeprefix(self.url(""))

    def task(self, project: str, **parameters: Any) -> str:
        """File a bug and return its task's path."""
        return f"{project}/+{self.bug(project, **parameters).replace('bugs', 'bug')}"


def _encoded(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: json.dumps(value) for name, value in parameters.items()}


def make_client(sandbox: Sandbox, person: str, **settings: Any) -> Client:
    credentials = Credentials()
    credentials.load(io.StringIO(sandbox.credentials(person, **settings)))
    return Client(
        sandbox.root,
        'OAuth realm="OAuth",'
        f' oauth_consumer_key="{credentials.consumer.key}", oauth_token="{credentials.access_token.key}",'
        f' oauth_signature_method="PLAINTEXT", oauth_signature="%26{credentials.access_token.secret}"',
    )
