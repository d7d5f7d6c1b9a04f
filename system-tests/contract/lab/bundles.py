"""Bundles as a third party makes them: javac and a jar, against the driver API alone."""

import hashlib
import shutil
import subprocess
import zipfile
from pathlib import Path

import yaml
from peers import command, run
from waiting import eventually

ROOT = Path(__file__).resolve().parents[3]
LIB = ROOT / "app" / "target" / "lib"
SERVICE = "META-INF/services/dev.rigbus.driver.DriverProvider"

POWER = """
package example;

import dev.rigbus.driver.*;
import io.vertx.core.Future;
import java.util.List;

public final class Outlet implements Driver {
    public String client() { return "jumpstarter_driver_power.client.PowerClient"; }
    @Export public void on() { %(on)s }
    @Export public void off() {}
    @Export public String version() { return "%(version)s"; }
    @Override public Future<?> start() { return %(start)s; }
    @Override public Future<?> probe() { return %(probe)s; }

    public static final class Provider implements DriverProvider {
        public List<DriverType<?>> types() {
            return List.of(DriverType.of("example.Outlet", context -> new Outlet()));
        }
    }
}
"""

FINE = "Future.succeededFuture()"


OUTLET = {"power": {"type": "example.Outlet"}}


def api():
    """The class path of a driver's author."""
    names = ["rigbus-driver-api-*", "vertx-core-*", "slf4j-api-*", "jspecify-*"]
    return ":".join(str(jar) for name in names for jar in LIB.glob(name + ".jar"))


def manifest(name, version, api="1.0", rights=""):
    lines = ["Manifest-Version: 1.0", f"Rigbus-Bundle: {name}", f"Rigbus-Bundle-Version: {version}", f"Rigbus-Api: {api}"]
    return "\r\n".join(lines + [f"Rigbus-Rights: {rights}"] * bool(rights)) + "\r\n\r\n"


def jar(file, manifest, entries):
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("META-INF/MANIFEST.MF", manifest)
        for name, content in entries.items():
            made.writestr(name, content)
    return file


def compiled(folder, sources):
    """The classes of some sources, by their names in a jar."""
    classes = folder / "classes"
    if classes.exists():
        shutil.rmtree(classes)
    classes.mkdir(parents=True)
    files = []
    for name, text in sources.items():
        files.append(folder / name)
        files[-1].write_text(text)
    subprocess.run(["javac", "--release", "17", "-cp", api(), "-d", classes, *files], check=True)
    return {str(c.relative_to(classes)): c.read_bytes() for c in classes.rglob("*.class")}


def outlet(folder, version, name="outlet", on="", start=FINE, probe=FINE, **more):
    """A bundle with one driver, which says its version."""
    work = folder / f"{name}-{version}-{hashlib.sha256(repr((on, start, probe, more)).encode()).hexdigest()[:8]}"
    text = POWER % {"version": version, "on": on, "start": start, "probe": probe}
    entries = compiled(work, {"Outlet.java": text})
    return jar(work / f"{name}-{version}.jar", manifest(name, version, **more), entries | {SERVICE: "example.Outlet$Provider\n"})


def serial(folder, version):
    """The serial driver of Rigbus as a bundle of its own, with its library inside."""
    drivers = next(LIB.glob("rigbus-driver-verticles-*.jar"))
    library = next(LIB.glob("jSerialComm-*.jar"))
    with zipfile.ZipFile(drivers) as jars:
        entries = {n: jars.read(n) for n in jars.namelist() if n.startswith("dev/rigbus/drivers/serial/") and not n.endswith("/")}
    entries |= {SERVICE: "dev.rigbus.drivers.serial.SerialProvider\n", "lib/jSerialComm.jar": library.read_bytes(), "version": version}
    return jar(folder / f"serial-{version}.jar", manifest("serial", version, rights="process"), entries)


def rigbus(lab, *words, code=0, node=0):
    done = run([*command("rigbus"), *map(str, words), "--data", str(lab.nodes[node].data)], seconds=100)
    assert done.code == code, f"{words}: {done.code}\n{done.text}\n{lab.log[-3000:]}"
    assert "\tat " not in done.text, done.text
    return done


def listed(lab, node=0):
    return yaml.safe_load(rigbus(lab, "bundle", "list", "-o", "yaml", node=node).out) or []


def serving(lab, node=0):
    return listed(lab, node)[0]["serving"]


def on(lab, version):
    """Waits until all nodes serve a version."""
    wanted = {node.name: version for node in lab.nodes}
    eventually(lambda: serving(lab) == wanted, lambda: f"{serving(lab)}\n{lab.log[-3000:]}", 30)


def board(lab, tmp_path, name, export, node="n1"):
    file = tmp_path / f"{name}.yaml"
    settings = {"apiVersion": "jumpstarter.dev/v1alpha1", "kind": "ExporterConfig", "metadata": {"name": name, "namespace": "default"}}
    file.write_text(yaml.safe_dump(settings | {"export": export}))
    rigbus(lab, "apply", file, "--node", node)
    lab.until_ready(name)
