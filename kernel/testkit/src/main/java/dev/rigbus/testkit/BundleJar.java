package dev.rigbus.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** A bundle as a third party makes it, put together by a test. */
public final class BundleJar {
    private final Manifest manifest = new Manifest();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    private BundleJar() {
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    }

    public static BundleJar of(String name, String version) {
        return new BundleJar()
                .with("Rigbus-Bundle", name)
                .with("Rigbus-Bundle-Version", version)
                .with("Rigbus-Api", "1.0");
    }

    /** One without anything in its manifest. */
    public static BundleJar bare() {
        return new BundleJar();
    }

    /** A line of the manifest. */
    public BundleJar with(String key, String value) {
        manifest.getMainAttributes().putValue(key, value);
        return this;
    }

    /** Names the class that tells of its drivers. */
    public BundleJar provider(String className) {
        return entry(
                "META-INF/services/dev.rigbus.driver.DriverProvider",
                (className + "\n").getBytes(StandardCharsets.UTF_8));
    }

    public BundleJar entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    /** Compiles a source file against everything that the test sees. */
    public BundleJar source(Path room, String className, String text) throws IOException {
        Path sources = Files.createTempDirectory(room, "sources");
        Path classes = Files.createTempDirectory(room, "classes");
        Path file =
                Files.writeString(sources.resolve(className.substring(className.lastIndexOf('.') + 1) + ".java"), text);
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-nowarn", "-d", classes.toString()));
        arguments.add(file.toString());
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int result = ToolProvider.getSystemJavaCompiler().run(null, said, said, arguments.toArray(String[]::new));
        if (result != 0) {
            throw new IOException(said.toString(StandardCharsets.UTF_8));
        }
        return classes(classes, "");
    }

    /** Takes the classes of a folder, or of a jar, whose names in it begin so. */
    public BundleJar classes(Path home, String prefix) throws IOException {
        if (Files.isDirectory(home)) {
            return classesIn(home, prefix);
        }
        try (FileSystem jar = FileSystems.newFileSystem(home)) {
            return classesIn(jar.getPath("/"), prefix);
        }
    }

    private BundleJar classesIn(Path folder, String prefix) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(each).toString();
                if (name.startsWith(prefix) && name.endsWith(".class")) {
                    entry(name, Files.readAllBytes(each));
                }
            }
        }
        return this;
    }

    public Path write(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                jar.putNextEntry(new JarEntry(each.getKey()));
                jar.write(each.getValue());
                jar.closeEntry();
            }
        }
        return file;
    }
}
