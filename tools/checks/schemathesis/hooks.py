"""What no schema can say of a valid request: made so here, and nothing else is changed. Requests that are meant to be wrong
are sent as they are."""

import os
from datetime import datetime, timezone
from urllib.parse import unquote

import schemathesis
from schemathesis import GenerationMode

LAYERS = os.environ["CLARION_LAYERS"]
RECEIVER = os.environ["CLARION_RECEIVER"]
REFERENCE = os.environ["CLARION_REFERENCE"]
REPOSITORY = "registry.example/team/app"
SEARCHES = ("repository", "severity", "package", "vulnerability")


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    operation = case.operation.definition.raw.get("operationId")
    if "Idempotency-Key" in case.headers:
        # A key means one request and no other.
        case.headers["Idempotency-Key"] = case.id
    if case.query:
        case.query = valid_query(operation, case)
    if operation == "putOwnVulnerability":
        # Which distributions and ecosystems are known, and what a version of each is, is in the documentation.
        # What stands here is escaped already, and is held to its pattern again when it was changed: ids have nothing to escape.
        case.path_parameters = {"id": unquote(case.path_parameters["id"]), "namespace": "debian:12"}
    if isinstance(case.body, dict):
        case.body = valid_body(operation, case.body)


def valid_query(operation, case):
    # Which places of a list were given out is known to the list alone.
    query = {name: value for name, value in case.query.items() if name != "after"}
    if operation == "listImages":
        for name in [name for name in SEARCHES if name in query][1:]:
            del query[name]
    # What a reference and a time are, is in the documentation.
    for name in [name for name in ("a", "b", "base") if name in query]:
        query[name] = REFERENCE
    for name in [name for name in ("at", "to") if name in query]:
        query[name] = datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
    if "from" in query:
        query["from"] = "2026-01-01"
    if "repository" in query:
        query["repository"] = REPOSITORY
    if operation == "submitImage":
        # The query is for archives.
        named = {"reference": REFERENCE} if "reference" in query else {}
        query = {} if case.media_type == "application/json" else {**query, **named}
    return query


def valid_body(operation, body):
    if operation in ("createEndpoint", "updateEndpoint"):
        secret = body.get("secret", "")
        # A pair of keys that belong together is not a matter of chance.
        keys = {} if secret.startswith("whsk_") and len(secret) > 60 else {"secret": secret} if secret else {}
        rest = {name: value for name, value in body.items() if name != "secret"}
        if isinstance(rest.get("filter"), dict):
            rest["filter"] = valid_filter(rest["filter"])
        return {**rest, **keys, "url": RECEIVER, "allowInsecure": True}
    if operation == "submitImage" and "layers" in body:
        layers = [{**layer, "url": LAYERS + layer["digest"]} for layer in body["layers"]]
        named = {"reference": REFERENCE} if "reference" in body else {}
        return {**body, "layers": layers, **named}
    if operation == "submitImage" and "reference" in body:
        return {**body, "reference": REFERENCE}
    if operation == "putOwnVulnerability":
        # So is what a package of a distribution may be called.
        names = [f"package-{number}" for number in range(len(body["affected"]))]
        affected = [{"package": {"name": name}, "versions": ["1.0-1"]} for name in names]
        return {**body, "affected": affected}
    return body


def valid_filter(wanted):
    # Which namespaces and repositories there can be, so that a filter can match, is shown by the documentation.
    namespaces = {"namespaces": ["debian:12" for _ in wanted["namespaces"]]} if wanted.get("namespaces") else {}
    repositories = {"repositories": [REPOSITORY for _ in wanted["repositories"]]} if wanted.get("repositories") else {}
    return {**wanted, **namespaces, **repositories}
