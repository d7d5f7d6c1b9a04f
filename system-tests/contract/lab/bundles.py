"""Bundles as a third party makes them: javac and a jar, against the driver API alone."""

import hashlib
import shutil
import subprocess
import zipfile
from pathlib import Path

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
