"""Replays a recorded exchange against an exporter and compares the answers.

The rule: status codes are equal and so are texts, of which only the leading words count where they embed a library's
wording; frames are equal in length and content as far as these were kept; placeholders of uuids stand for what the
exporter answers; the order of keys does not matter.
"""

import base64
import bz2
import gzip
import json
import lzma
import re
import threading

import grpc
import zstandard
from google.protobuf import json_format
from raw import DATA, GOAWAY, from_value

PACK = {"gzip": gzip.compress, "xz": lzma.compress, "bz2": bz2.compress, "zstd": zstandard.compress}

# Texts that embed a library's wording, and what of them counts: the part that matches.
LEADING = (
    r"1 validation error for tagged-union\[ClientStreamResource,PresignedRequestResource\]",
    r"1 validation error for (?!tagged-union|StreamRequestMetadata)",
    r"(NotFound|Unsupported|IsADirectory|NotADirectory|Unexpected) \((permanent|temporary)\)",
    r"Unable to serialize unknown type:",
    r"All arguments must be strings",
    r"\[Errno 2\] could not open port",
    r"All connection attempts failed",
    r"1 validation error for StreamRequestMetadata",
    r"Err\.default\(\)|MockPower\.on\(\)",
)


class Replay:
    """One fixture on one exporter."""

    def __init__(self, raw, paths, texts, expect=None):
        self.raw = raw
        self.bound = dict(paths)  # placeholder → uuid
        self.texts = texts  # what stands in the recording → what it is here
        self.expect = expect or (lambda rpc, status: status)
        self.streams = []

    def run(self, content):
        rpcs = [rpc for rpc in content["rpcs"] if self.concerns_us(rpc)]
        assert rpcs, "no rpc of this fixture addresses one of our drivers"
        for rpc in rpcs:
            getattr(self, "_" + re.sub(r"(?<!^)(?=[A-Z])", "_", rpc["rpc"]).lower())(rpc)
        for stream in self.streams:
            stream.join()

    def concerns_us(self, rpc):
        """Whether the rpc goes to a driver of this tree; some recordings hold the set-up of others too."""
        request = rpc["request_metadata"].get("request", {}) if rpc["rpc"] == "Stream" else rpc.get("request", {})
        uuid = request.get("uuid", "")
        return not uuid.startswith("<uuid:") or uuid in self.bound

    # ---- requests ----

    def real(self, recorded):
        """A recorded value as it is to be sent here."""
        match recorded:
            case str():
                for there, here in self.texts.items():
                    recorded = recorded.replace(there, here)
                return self.bound.get(recorded, recorded)
            case list():
                return [self.real(v) for v in recorded]
            case dict():
                return {k: self.real(v) for k, v in recorded.items()}
        return recorded

    def _arguments(self, rpc):
        request = self.real(rpc["request"])
        return request["uuid"], request["method"], *request["args"]

    # ---- comparing ----

    def same(self, recorded, got, where=""):
        """Compares recursively and binds placeholders that are new."""
        if isinstance(recorded, str) and recorded.startswith("<uuid:") and recorded not in self.bound:
            self.bound[recorded] = got
        elif isinstance(recorded, dict):
            assert isinstance(got, dict) and recorded.keys() == got.keys(), (where, recorded, got)
            for key, value in recorded.items():
                self.same(value, got[key], f"{where}.{key}")
        elif isinstance(recorded, list):
            assert isinstance(got, list) and len(recorded) == len(got), (where, recorded, got)
            for number, value in enumerate(recorded):
                self.same(value, got[number], f"{where}[{number}]")
        elif isinstance(recorded, str) and recorded != "<random uuid>":
            self.same_text(self.real(recorded), got)
        elif recorded != "<random uuid>":
            assert recorded == got and isinstance(got, bool) == isinstance(recorded, bool), (where, recorded, got)

    def same_text(self, recorded, got):
        # Stock names a Python class before the reason; what counts is the reason.
        recorded, got = (re.sub(r"^Unexpected <class '[\w.]+'>: ", "", text) for text in (recorded, got))
        for pattern in LEADING:
            if found := re.match(pattern, recorded):
                assert re.match(pattern, got), (recorded, got)
                assert found.re.groups == 0 or found.group(1) == re.match(pattern, got).group(1), (recorded, got)
                return
        # A folder of the exporter's own choice: what stands before it is all that can be known.
        known, own_folder, _ = recorded.partition("$TMP")
        assert got.startswith(known) if own_folder else got == recorded, (recorded, got)

    def same_status(self, rpc, recorded, rpc_object):
        expected = self.expect(rpc, recorded)
        code, details = rpc_object.code().name, rpc_object.details() or ""
        assert code == expected["code"], (expected, code, details)
        if expected.get("details") is not None:
            self.same_text(self.real(expected["details"]), details)

    # ---- the kinds of rpc ----

    def _get_report(self, rpc):
        got = json_format.MessageToDict(self.raw.report(), preserving_proto_field_name=True)
        reports = [r for r in rpc["response"]["reports"] if {r["uuid"], r.get("parent_uuid", r["uuid"])} <= self.bound.keys()]
        self.same(rpc["response"] | {"reports": reports}, got)

    def _get_status(self, rpc):
        got = json_format.MessageToDict(self.raw.status(), preserving_proto_field_name=True)
        self.same(rpc["response"], got)

    def _end_session(self, rpc):
        got = json_format.MessageToDict(self.raw.end_session(), preserving_proto_field_name=True)
        self.same(rpc["response"], got)

    def _reset(self, rpc):
        status = self.raw.reset()
        expected = self.expect(rpc, rpc["status"])
        assert (status.code, status.details) == (expected["code"], expected["details"])

    def _driver_call(self, rpc):
        call = self.raw.start(*self._arguments(rpc))
        failed = call.exception()
        self.same_status(rpc, rpc["status"], call)
        if not failed:
            self.same(self.result(rpc, rpc["response"]["result"]), self.result(rpc, from_value(call.result().result)))

    def _streaming_driver_call(self, rpc):
        call, items = self.raw.streaming(*self._arguments(rpc)), []
        try:
            for response in call:
                items.append(from_value(response.result))
        except grpc.RpcError:
            pass  # the status tells
        self.same_status(rpc, rpc["status"], call)
        recorded = [response["result"] for response in rpc["responses"]]
        self.same(self.items(rpc, recorded), self.items(rpc, items))

    def result(self, rpc, result):
        """A result without what is free: the order of a set."""
        return sorted(result) if rpc["request"]["method"] == "get_created_resources" else result

    def items(self, rpc, items):
        """The items of a call without what is free: the order of a listing, and where a command's output was cut."""
        method = rpc["request"]["method"]
        if method == "call_method" and items:
            out, err = ("".join(item[i] for item in items) for i in (0, 1))
            err = re.sub(r"(Timeout expired while running \w+:).*", r"\1", err, flags=re.S)
            return [[out, err, items[-1][2]]]
        return sorted(items) if method in ("list", "scan") else items

    def _log_stream(self, rpc):
        """The recording holds the entries of as many calls as there are responses."""
        logs = self.raw.logs()
        for _ in rpc["responses"]:
            self.raw.call(self.bound["<uuid:power>"], "on")
        for recorded in rpc["responses"]:
            entry = next(e for e in logs if e.message == recorded["message"])
            got = json_format.MessageToDict(entry, preserving_proto_field_name=True)
            self.same(recorded, {k: v for k, v in got.items() if k in recorded})
            assert entry.uuid == ""
        logs.cancel()

    def _stream(self, rpc):
        replay = StreamReplay(self, rpc)
        self.streams.append(replay)
        replay.start()


class StreamReplay:
    """One recorded Stream; its frames run beside the calls that come after it."""

    def __init__(self, replay, rpc):
        self.replay, self.rpc = replay, rpc
        self.failure = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.stream = replay.raw.stream_with(replay.real(rpc["request_metadata"].get("request")))

    def start(self):
        headers = {k: v for k, v in self.stream.headers.items() if k in ("resource", "x_jmp_accept_encoding")}
        if "resource" in headers:
            headers["resource"] = json.loads(headers["resource"])
        self.replay.same(self.rpc["initial_metadata"], headers)
        self.thread.start()

    def join(self):
        self.thread.join(60)
        assert not self.thread.is_alive(), "the stream does not come to its end"
        if self.failure:
            raise self.failure

    def _run(self):
        try:
            with self.stream:
                self._frames()
        except BaseException as failure:
            self.failure = failure

    def _frames(self):
        sent, got = bytearray(), bytearray()
        for frame in self.rpc["frames"]:
            kind, length = frame["type"], frame.get("len")
            if frame["dir"] == "client->exporter":
                self._send(frame, sent)
            elif kind == "FRAME_TYPE_GOAWAY":
                self._to_the_end(sent, got)
            elif kind == "(packed)":
                assert gzip.decompress(self.stream.rest()) == self.replay.packed_content
            elif "frames_omitted" in self.rpc:
                continue  # only their sum is known: it is what was sent
            else:
                self._receive(frame, length, got)
        if "code" in self.rpc["end"]:
            assert self.stream.frames() == []
            self.replay.same_status(self.rpc, self.rpc["end"], self.stream.rpc)

    def _send(self, frame, sent):
        if frame["type"] == "(half-close)":
            self.stream.half_close()
        elif frame["type"] == "FRAME_TYPE_GOAWAY":
            self.stream.goaway()
        else:
            payload = self._payload(frame)
            sent += payload
            self.stream.send(payload)

    def _receive(self, frame, length, got):
        """The next `length` bytes. Where a source was cut into chunks is free, a single small chunk is not cut at all."""
        if length <= 4096 and not frame.get("payload_is_first_96_bytes"):
            received = self.stream.receive()
            assert received == (DATA, base64.b64decode(frame.get("payload_b64", ""))), (frame, received)
            return
        while len(got) < length:
            received = self.stream.receive()
            assert received and received[0] == DATA, (frame, received)
            got += received[1]
        kept = base64.b64decode(frame["payload_b64"])
        assert bytes(got[: len(kept)]) == kept
        del got[:length]

    def _to_the_end(self, sent, got):
        got += self.stream.rest()
        if "frames_omitted" in self.rpc:
            assert bytes(got) == bytes(sent)
        else:
            assert not got

    def _payload(self, frame):
        """What the client sent; where only the beginning was kept, something of that length that begins alike."""
        kept = base64.b64decode(frame.get("payload_b64", ""))
        if not frame.get("payload_is_first_96_bytes"):
            return kept
        encoding = self.rpc["request_metadata"]["request"].get("x_jmp_content_encoding")
        if encoding and not kept.startswith(b"AAAA"):
            return PACK[encoding](self.replay.packed_content)
        unit = kept[:1] if len(set(kept)) == 1 else kept
        return (unit * (frame["len"] // len(unit) + 1))[: frame["len"]]


def periodic(frames, period=1000):
    """Content that repeats after `period` bytes and agrees with all kept beginnings of 64 KiB chunks."""
    unit, start = bytearray(period), 0
    for frame in frames:
        for offset, byte in enumerate(base64.b64decode(frame.get("payload_b64", ""))):
            unit[(start + offset) % period] = byte
        start += frame.get("len") or 0
    return bytes(unit * (start // period))
