"""A detector of one's own: programs that are unpacked to /opt/NAME, with their version in /opt/NAME/VERSION.

    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python detector.py --listen 127.0.0.1:7100
    clarion scan image.tar --detectors 127.0.0.1:7100

docs/own-detectors.md describes what such a service returns.
"""

import argparse
import re
import signal
import sys
from concurrent import futures
from pathlib import Path

import grpc

PROTOS = Path(__file__).resolve().parent.parent.parent / "proto"
# Compiled when the program starts; a real service would have grpcio-tools write the modules once.
sys.path.insert(0, str(PROTOS))
messages, services = grpc.protos_and_services("clarion/detector/v1/detector.proto")

DETECTOR = messages.Detector(
    id="acme-versions",
    kind=messages.DETECTOR_KIND_FEATURE,
    version=1,  # Raise it when the same files give other results: layers are then read again.
    title="Programs of Acme in /opt",
    files=messages.FileFilter(paths=["opt/*/VERSION"], max_bytes=1000),
)
VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+~:-]{0,100}\n?")


def read(path, content, result):
    """Adds what one file says to the result. Images are strangers: what makes no sense is a problem, never an error."""
    text = content.decode("utf-8", errors="replace")
    if not VERSION.fullmatch(text):
        result.problems.add(code="bad-record", path=path, message=f"{path} has no version")
        return
    name = path.split("/")[1]
    result.features.add(type="x-acme", name=name, version=text.strip(), path=path)


class Detectors(services.DetectorServiceServicer):
    def ListDetectors(self, request, context):
        return messages.ListDetectorsResponse(detectors=[DETECTOR])

    def Detect(self, requests, context):
        results, header, content = [], None, bytearray()
        for request in requests:
            frame = request.WhichOneof("frame")
            if frame == "selection":
                # One result for each, in this order; version 0 says that a detector is not here.
                for name in request.selection.detectors:
                    version = DETECTOR.version if name == DETECTOR.id else 0
                    results.append(messages.DetectorResult(detector=name, version=version))
            elif frame == "header":
                header, content = request.header, bytearray()
            elif frame == "chunk":
                content += request.chunk
            elif frame == "end":
                for index in header.wanted_by:
                    if results[index].version > 0:
                        read(header.path, bytes(content), results[index])
        return messages.DetectResponse(results=results)


def main():
    options = argparse.ArgumentParser(description="A Clarion detector for /opt/NAME/VERSION")
    options.add_argument("--listen", default="127.0.0.1:7100", help="host:port; port 0 takes a free one")
    options.add_argument("--certificate", help="PEM file; with --key the service speaks TLS")
    options.add_argument("--key", help="PEM file")
    given = options.parse_args()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    services.add_DetectorServiceServicer_to_server(Detectors(), server)
    if given.certificate:
        pair = (Path(given.key).read_bytes(), Path(given.certificate).read_bytes())
        port = server.add_secure_port(given.listen, grpc.ssl_server_credentials([pair]))
    else:
        port = server.add_insecure_port(given.listen)
    server.start()
    print(f"listening on {given.listen.rsplit(':', 1)[0]}:{port}", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: server.stop(grace=5))
    server.wait_for_termination()


if __name__ == "__main__":
    main()
