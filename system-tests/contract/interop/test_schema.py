"""Drivers by typed services of their own: what reflection and the report tell of them, and calls with nothing but gRPC."""

import json
from pathlib import Path

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from peers import BIN, Exporter, run

DRIVER = "jumpstarter_driver_"
POWER = {"type": DRIVER + "power.driver.MockPower"}
RECORD = Path(__file__).with_name("schema.txt")
SERVICE = "rigbus.driver.power.v1.PowerInterface"


@pytest.fixture(scope="module")
def exporter():
    shell = {"type": DRIVER + "shell.driver.Shell", "config": {"methods": {"hi": "echo hi $1"}}}
    store = {"type": DRIVER + "opendal.driver.Opendal", "config": {"scheme": "memory", "kwargs": {}}}
    network = {"type": DRIVER + "network.driver.TcpNetwork", "config": {"host": "127.0.0.1", "port": 1}}
    serial = {"type": DRIVER + "pyserial.driver.PySerial", "config": {"url": "loop://"}}
    mocks = {name: {"type": f"{DRIVER}opendal.driver.Mock{name}"} for name in ("Flasher", "StorageMux", "StorageMuxFlasher")}
    export = {"power": POWER, "board": {"children": {"power": POWER}}, "sh": shell, "store": store, "net": network, "serial": serial} | mocks
    with Exporter("rigbus", export=export) as exporter:
        yield exporter


@pytest.fixture(scope="module")
def tool(exporter):
    """Calls methods as a tool does that knows only what reflection tells it."""
    with grpc.insecure_channel(exporter.address) as channel:
        pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel))

        def call(service, method, driver=None, /, **arguments):
            found = pool.FindServiceByName(service).FindMethodByName(method)
            request, answer = map(message_factory.GetMessageClass, (found.input_type, found.output_type))
            kind = channel.unary_stream if found.server_streaming else channel.unary_unary
            made = kind(f"/{service}/{method}", request_serializer=request.SerializeToString, response_deserializer=answer.FromString)
            metadata = [("x-rigbus-driver", driver)] if driver else []
            result = made(request(**arguments), metadata=metadata, timeout=20)
            return list(result) if found.server_streaming else result

        yield call


def test_methods_are_called_with_typed_arguments_and_results(exporter, tool):
    tool(SERVICE, "On", "board.power")
    readings = tool(SERVICE, "Read", "power")
    assert [(each.result.voltage, each.result.current) for each in readings] == [(0, 0), (5, 2)]
    uuid = next(each.uuid for each in exporter.report().reports if each.labels["jumpstarter.dev/name"] == "sh")
    (said, *_), *_ = [list(each.result) for each in tool("rigbus.driver.shell.v1.ShellInterface", "CallMethod", uuid, method="hi", args=["you"])]
    assert said.string_value == "hi you\n"
    # One driver alone has it, so nobody needs to say which.
    assert tool("rigbus.driver.opendal.v1.OpendalInterface", "Exists", path="x").result is False


def grpcurl(exporter, *words):
    done = run([BIN / "grpcurl", "-plaintext", *words[:-1], exporter.address, words[-1]])
    assert done.code == 0, done.text
    return done.out


def test_grpcurl_lists_describes_and_calls(exporter):
    assert SERVICE in run([BIN / "grpcurl", "-plaintext", exporter.address, "list"]).out.split()
    assert "rpc On ( " in run([BIN / "grpcurl", "-plaintext", exporter.address, "describe", SERVICE]).out
    assert json.loads(grpcurl(exporter, "-H", "x-rigbus-driver: board.power", f"{SERVICE}/On")) == {}
    reading = "".join(grpcurl(exporter, "-H", "x-rigbus-driver: power", f"{SERVICE}/Read").split())
    assert '{"result":{"voltage":5,"current":2' in reading
    answer = grpcurl(exporter, "-d", '{"path": "x"}', "rigbus.driver.opendal.v1.OpendalInterface/Exists")
    assert json.loads(answer) == {"result": False} or json.loads(answer) == {}
    refused = run([BIN / "grpcurl", "-plaintext", exporter.address, f"{SERVICE}/On"])
    assert refused.code != 0 and "name one in the metadata x-rigbus-driver: board.power, power" in refused.text


def test_a_call_that_several_drivers_could_answer_names_them(tool):
    with pytest.raises(grpc.RpcError) as refused:
        tool(SERVICE, "On")
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert refused.value.details() == "several drivers have this method; name one in the metadata x-rigbus-driver: board.power, power"
    with pytest.raises(grpc.RpcError) as unknown:
        tool(SERVICE, "On", "board.nosuch")
    assert unknown.value.code() == grpc.StatusCode.NOT_FOUND
    assert unknown.value.details() == "no driver board.nosuch has this method (those that do: board.power, power)"


def test_a_failure_is_that_of_the_driver(tool):
    with pytest.raises(grpc.RpcError) as failed:
        tool("rigbus.driver.opendal.v1.OpendalInterface", "FileClose", fd="nonsense")
    assert failed.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def shape(pool, services):
    """Each method with the names, numbers and types of its fields: what a client that was compiled against it relies on."""

    def fields(message, seen=()):
        if message.full_name.startswith("google.") or message.full_name in seen:
            return message.full_name
        return "{" + ", ".join(
            f"{'repeated ' if field.is_repeated else ''}{field.name}={field.number} "
            + (fields(field.message_type, (*seen, message.full_name)) if field.message_type else str(field.type))
            for field in message.fields
        ) + "}"  # fmt: skip

    for name in services:
        for method in pool.FindServiceByName(name).methods:
            stream = "stream " if method.server_streaming else ""
            yield f"{name}/{method.name} {fields(method.input_type)} -> {stream}{fields(method.output_type)}"


def test_nothing_that_others_rely_on_has_changed(exporter):
    with grpc.insecure_channel(exporter.address) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        services = sorted(name for name in database.get_services() if name.startswith("rigbus."))
        now = list(shape(descriptor_pool.DescriptorPool(database), services))
    before = RECORD.read_text().splitlines()
    assert not set(before) - set(now), "an incompatible change: clients that were made for these fail"
    assert not set(now) - set(before), f"new, and from now on relied on: add it to {RECORD.name}"


def test_the_report_has_what_reflection_has(exporter):
    # Stock's classes for the report are older than these two fields, and keep them as they are.
    fields = descriptor_pb2.FileDescriptorProto(name="r.proto", package="r", syntax="proto3")
    message = fields.message_type.add(name="Report")
    kind = descriptor_pb2.FieldDescriptorProto
    message.field.add(name="schema", number=6, type=kind.TYPE_BYTES, label=kind.LABEL_OPTIONAL)
    message.field.add(name="services", number=7, type=kind.TYPE_STRING, label=kind.LABEL_REPEATED)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(fields)
    report = message_factory.GetMessageClass(pool.FindMessageTypeByName("r.Report"))
    power = next(each for each in exporter.report().reports if each.labels["jumpstarter.dev/name"] == "power")
    told = report.FromString(power.SerializeToString())
    assert list(told.services) == [SERVICE]
    schema = descriptor_pb2.FileDescriptorProto.FromString(told.schema)
    assert [method.name for method in schema.service[0].method] == ["Off", "On", "Read"]
