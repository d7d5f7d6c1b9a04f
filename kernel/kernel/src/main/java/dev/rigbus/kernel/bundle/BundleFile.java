package dev.rigbus.kernel.bundle;

import dev.rigbus.driver.DriverApi;
import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import dev.rigbus.driver.Trait;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSigner;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** A jar with drivers, and the jars inside it under {@code lib/}. All methods block. */
public final class BundleFile {
    private static final String LIBRARIES = "lib/";
    private static final int MOST_LIBRARIES = 200;
    private static final long MOST_BYTES = 256L << 20;

    private final Path jar;
    private final String shown;
    private final BundleManifest manifest;

    private BundleFile(Path jar, String shown, BundleManifest manifest) {
        this.jar = jar;
        this.shown = shown;
        this.manifest = manifest;
    }

    /** Reads what it says of itself. */
    public static BundleFile open(Path jar) throws BundleException {
        return open(jar, jar.toString());
    }

    /** @param shown what it is called in messages */
    static BundleFile open(Path jar, String shown) throws BundleException {
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            Manifest manifest = file.getManifest();
            Attributes main = manifest == null ? null : manifest.getMainAttributes();
            return new BundleFile(jar, shown, BundleManifest.read(shown, main));
        } catch (ZipException e) {
            throw new BundleException(shown + ": is no whole jar: " + e.getMessage());
        } catch (IOException e) {
            throw new BundleException(shown + ": cannot be read: " + e.getMessage());
        }
    }

    public BundleManifest manifest() {
        return manifest;
    }

    /** What it is called with its version, as {@code relay 1.2.0}. */
    public String title() {
        return manifest.name() + " " + manifest.version();
    }

    /** Fails if a node with such a policy, and the driver API of this process, cannot take it. */
    void check(BundlePolicy policy) throws BundleException {
        if (!ApiRange.parse(manifest.api()).has(DriverApi.VERSION)) {
            throw new BundleException(title() + " needs version " + manifest.api() + " of the driver API, and this is "
                    + DriverApi.VERSION);
        }
        for (String right : manifest.rights()) {
            if (!policy.rights().contains(right)) {
                throw new BundleException(title() + " needs the right \"" + right
                        + "\", which the node does not give (bundles.rights in its file)");
            }
        }
        checkContent(policy);
    }

    /** Reads every byte, which verifies signatures and checksums. */
    private void checkContent(BundlePolicy policy) throws BundleException {
        boolean signed = !policy.signers().isEmpty();
        try (JarFile file = new JarFile(jar.toFile(), signed)) {
            long bytes = 0;
            for (Enumeration<JarEntry> all = file.entries(); all.hasMoreElements(); ) {
                JarEntry entry = all.nextElement();
                try (InputStream in = file.getInputStream(entry)) {
                    bytes += in.transferTo(java.io.OutputStream.nullOutputStream());
                }
                if (bytes > MOST_BYTES) {
                    throw new BundleException(title() + " is larger than " + MOST_BYTES + " bytes unpacked");
                }
                boolean plain = entry.isDirectory() || entry.getName().startsWith("META-INF/");
                if (signed && !plain && !isSigned(entry.getCodeSigners(), policy)) {
                    throw new BundleException(title() + ": " + entry.getName()
                            + " is not signed by one of those that the node trusts (bundles.signers in its file)");
                }
            }
        } catch (SecurityException e) {
            throw new BundleException(title() + ": its signature is broken: " + e.getMessage());
        } catch (IOException e) {
            throw new BundleException(title() + ": is damaged: " + e.getMessage());
        }
    }

    private static boolean isSigned(CodeSigner @Nullable [] signers, BundlePolicy policy) {
        for (CodeSigner signer : signers == null ? new CodeSigner[0] : signers) {
            if (signer.getSignerCertPath().getCertificates().stream().anyMatch(policy.signers()::contains)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Its driver types, in a class loader of their own.
     *
     * @param unpacked a folder for the jars inside it, which only this bundle uses
     */
    public List<DriverType<?>> load(Path unpacked) throws BundleException {
        try {
            List<URL> urls = new ArrayList<>(List.of(jar.toUri().toURL()));
            urls.addAll(libraries(unpacked));
            URLClassLoader loader =
                    new URLClassLoader("bundle " + title(), urls.toArray(URL[]::new), ApiLoader.INSTANCE);
            List<DriverType<?>> types = new ArrayList<>();
            boolean apart = manifest.rights().contains(BundleManifest.NATIVE);
            for (DriverProvider provider : ServiceLoader.load(DriverProvider.class, loader)) {
                provider.types().forEach(type -> types.add(apart ? type.with(Trait.APART) : type));
            }
            if (types.isEmpty()) {
                loader.close();
                throw new BundleException(title() + " has no driver in it (expected: META-INF/services/"
                        + DriverProvider.class.getName() + ")");
            }
            return types;
        } catch (ServiceConfigurationError | LinkageError e) {
            throw new BundleException(title() + " cannot be loaded: " + e.getMessage()
                    + (e.getCause() == null ? "" : ": " + e.getCause()));
        } catch (UncheckedIOException | IOException e) {
            throw new BundleException(title() + " cannot be loaded: " + e.getMessage());
        } catch (RuntimeException e) {
            throw new BundleException(title() + ": its provider fails: " + e);
        }
    }

    private List<URL> libraries(Path unpacked) throws IOException, BundleException {
        List<URL> urls = new ArrayList<>();
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            List<JarEntry> entries = file.stream()
                    .filter(each -> each.getName().startsWith(LIBRARIES)
                            && each.getName().endsWith(".jar")
                            && each.getName().indexOf('/', LIBRARIES.length()) < 0)
                    .toList();
            if (entries.size() > MOST_LIBRARIES) {
                throw new BundleException(title() + " has more than " + MOST_LIBRARIES + " jars in it");
            }
            for (JarEntry entry : entries) {
                // A name of our own: that of the entry is somebody else's word.
                Path library = unpacked.resolve(urls.size() + ".jar");
                if (!Files.exists(library)) {
                    Files.createDirectories(unpacked);
                    Path half = unpacked.resolve(urls.size() + ".half");
                    try (InputStream in = file.getInputStream(entry)) {
                        Files.copy(in, half, StandardCopyOption.REPLACE_EXISTING);
                    }
                    Files.move(half, library, StandardCopyOption.ATOMIC_MOVE);
                }
                urls.add(library.toUri().toURL());
            }
        }
        return urls;
    }
}
