package dev.rigbus.kernel.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DeflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CompressionTest {
    private static final byte[] IMAGE = image(300_000);

    @ParameterizedTest
    @EnumSource
    void whatIsPackedIsUnpacked(Compression format) throws IOException {
        assertThat(unpack(format, pack(format, IMAGE))).isEqualTo(IMAGE);
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyFileIsACompleteStreamToo(Compression format) throws IOException {
        byte[] packed = pack(format, new byte[0]);

        assertThat(packed).isNotEmpty();
        assertThat(unpack(format, packed)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void allMembersAreRead(Compression format) throws IOException {
        byte[] twice = concat(pack(format, IMAGE), pack(format, new byte[] {1, 2, 3}));

        assertThat(unpack(format, twice)).isEqualTo(concat(IMAGE, new byte[] {1, 2, 3}));
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatArrivesByteByByteIsUnpacked(Compression format) throws IOException {
        byte[] packed = concat(pack(format, new byte[] {7}), pack(format, new byte[] {8}));

        assertThat(format.decode(new Trickle(packed)).readAllBytes()).containsExactly(7, 8);
    }

    @ParameterizedTest
    @EnumSource
    void aTruncatedStreamIsAnErrorOfTheSender(Compression format) throws IOException {
        byte[] packed = pack(format, IMAGE);

        assertUnknown(
                format,
                Arrays.copyOf(packed, packed.length / 2),
                "Error while decompressing " + format.wireName() + " data");
    }

    @ParameterizedTest
    @EnumSource
    void aDamagedStreamIsAnErrorOfTheSender(Compression format) throws IOException {
        byte[] packed = pack(format, IMAGE);
        for (int i = packed.length / 2; i < packed.length / 2 + 64; i++) {
            packed[i] ^= 0x55;
        }

        assertUnknown(format, packed, "Error while decompressing " + format.wireName() + " data");
    }

    @ParameterizedTest
    @CsvSource({
        "GZIP, Error -3 while decompressing data: incorrect header check",
        "XZ, Input format not supported by decoder",
        "BZ2, Invalid data stream",
        "ZSTD, Unable to decompress Zstandard data: Unknown frame descriptor",
    })
    void dataOfAnotherFormatAreToldAsTheStockExporterDoes(Compression format, String text) {
        assertUnknown(format, "this is no archive at all, whatever the client says".getBytes(), text);
    }

    @ParameterizedTest
    @EnumSource
    void aFailureOfTheSourceStaysWhatItIs(Compression format) throws IOException {
        IOException gone = new IOException("the client went away");
        byte[] packed = pack(format, IMAGE);
        InputStream source = new ByteArrayInputStream(packed, 0, packed.length / 2) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
                int count = super.read(bytes, offset, length);
                if (count < 0) {
                    throw sneaky(gone);
                }
                return count;
            }
        };

        assertThatThrownBy(() -> format.decode(source).readAllBytes()).isSameAs(gone);
    }

    @Test
    void gzipAlsoTakesAZlibStream() throws IOException {
        byte[] zlib = new DeflaterInputStream(new ByteArrayInputStream(IMAGE)).readAllBytes();

        assertThat(unpack(Compression.GZIP, zlib)).isEqualTo(IMAGE);
    }

    @Test
    void anUnknownNameIsToldWithTheKnownOnes() {
        DriverException failure = catchThrowableOfType(DriverException.class, () -> Compression.of("br"));

        assertThat(failure.reason()).isEqualTo(Reason.UNKNOWN);
        assertThat(failure).hasMessageContaining("\"br\"").hasMessageContaining("gzip, xz, bz2, zstd");
    }

    @ParameterizedTest
    @EnumSource
    void namesOfTheWireAreFound(Compression format) {
        assertThat(Compression.of(format.wireName())).isSameAs(format);
    }

    private static void assertUnknown(Compression format, byte[] packed, String text) {
        ResourceException failure = catchThrowableOfType(ResourceException.class, () -> unpack(format, packed));

        assertThat(failure).hasMessageStartingWith(text);
        assertThat(failure.getCause()).isInstanceOfSatisfying(DriverException.class, cause -> {
            assertThat(cause.reason()).isEqualTo(Reason.UNKNOWN);
            assertThat(cause).hasMessage(failure.getMessage());
        });
    }

    private static byte[] pack(Compression format, byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = format.encode(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    private static byte[] unpack(Compression format, byte[] packed) throws IOException {
        try (InputStream in = format.decode(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        }
    }

    /** Half noise, half zeros: packs, but not to nothing. */
    private static byte[] image(int size) {
        byte[] image = new byte[size];
        byte[] noise = new byte[size / 2];
        new Random(3).nextBytes(noise);
        System.arraycopy(noise, 0, image, 0, noise.length);
        return image;
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
        throw (T) failure;
    }

    /** Gives one byte at a time and never says that there is more. */
    private static final class Trickle extends FilterInputStream {
        Trickle(byte[] bytes) {
            super(new ByteArrayInputStream(bytes));
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return super.read(bytes, offset, Math.min(length, 1));
        }

        @Override
        public int available() {
            return 0;
        }
    }
}
