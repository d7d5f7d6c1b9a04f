package dev.rigbus.kernel.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.JavaFileObject.Kind;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles one Java file in memory, against what drivers see of this process. */
final class SourceCompiler {
    private static final long MOST_BYTES = 1 << 20;

    private SourceCompiler() {}

    /** The classes by name; blocks. */
    static Map<String, byte[]> compile(Path file) throws CompileException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new CompileException(file + ": this Java cannot compile (a JRE); run Rigbus on a JDK");
        }
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        Compiled compiled = new Compiled(compiler.getStandardFileManager(said, Locale.ROOT, null));
        List<String> options = List.of("-proc:none", "-g", "-parameters", "-nowarn", "-implicit:none");
        boolean fine = compiler.getTask(
                        Writer.NOWHERE, compiled, said, options, null, List.of(new Source(file, read(file))))
                .call();
        if (!fine) {
            throw new CompileException(said.getDiagnostics().stream()
                    .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                    .map(Object::toString)
                    .collect(Collectors.joining("\n")));
        }
        return compiled.classes();
    }

    private static String read(Path file) throws CompileException {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new CompileException(file + ": is larger than " + MOST_BYTES + " bytes");
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new CompileException(file + ": is no text in UTF-8");
        } catch (IOException e) {
            throw new CompileException(file + ": cannot be read: " + e.getMessage());
        }
    }

    /** What the compiler says beside its diagnostics is of no interest. */
    private static final class Writer extends java.io.Writer {
        static final Writer NOWHERE = new Writer();

        @Override
        public void write(char[] text, int from, int length) {}

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private static final class Source extends SimpleJavaFileObject {
        private final Path file;
        private final String text;

        Source(Path file, String text) {
            super(file.toUri(), Kind.SOURCE);
            this.file = file;
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }

        /** As diagnostics show it. */
        @Override
        public String getName() {
            return file.toString();
        }
    }

    private static final class ClassFile extends SimpleJavaFileObject {
        private final ByteArrayOutputStream code = new ByteArrayOutputStream();

        ClassFile(String name) {
            super(URI.create("memory:///" + name.replace('.', '/') + Kind.CLASS.extension), Kind.CLASS);
        }

        @Override
        public OutputStream openOutputStream() {
            return code;
        }
    }

    /** Keeps the classes, and hides what drivers do not see. */
    private static final class Compiled extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ClassFile> made = new HashMap<>();

        Compiled(JavaFileManager files) {
            super(files);
        }

        Map<String, byte[]> classes() {
            Map<String, byte[]> classes = new HashMap<>();
            made.forEach((name, file) -> classes.put(name, file.code.toByteArray()));
            return classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(Location to, String name, Kind kind, FileObject sibling) {
            return made.computeIfAbsent(name, ClassFile::new);
        }

        @Override
        public Iterable<JavaFileObject> list(Location where, String packageName, Set<Kind> kinds, boolean below)
                throws IOException {
            return where == StandardLocation.CLASS_PATH && !ApiLoader.isShared(packageName)
                    ? List.of()
                    : super.list(where, packageName, kinds, below);
        }
    }
}
