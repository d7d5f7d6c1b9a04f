package dev.rigbus.app.j;

import dev.rigbus.client.Download;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.Upload;
import dev.rigbus.client.typed.StorageClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Files that the exporter keeps. */
@Command(description = "Opendal Storage")
final class StorageCommands extends GroupCommands {
    private final StorageClient storage;
    private final DriverNode node;
    private final Io io;

    StorageCommands(StorageClient storage, DriverNode node, Io io) {
        this.storage = storage;
        this.node = node;
        this.io = io;
    }

    @Command(name = "write-bytes", description = "Write what is typed into a file")
    void writeBytes(@Parameters(paramLabel = "PATH") String path) throws IOException {
        storage.write(path, Upload.of(io.in()));
    }

    @Command(name = "read-bytes", description = "Show a file")
    void readBytes(@Parameters(paramLabel = "PATH") String path) throws IOException {
        storage.read(path, Download.to(io.out()));
    }

    @Command(name = "write-from-path", description = "Write a local file, or what an address leads to, into a file")
    void writeFromPath(
            @Parameters(index = "0", paramLabel = "DST") String to,
            @Parameters(index = "1", paramLabel = "SRC") String from)
            throws IOException {
        new Transfers(io).up(from, null, upload -> storage.write(to, upload), request -> storage.write(to, request));
    }

    @Command(name = "read-into-path", description = "Read a file into a local file")
    void readIntoPath(
            @Parameters(index = "0", paramLabel = "SRC") String from,
            @Parameters(index = "1", paramLabel = "DST") String to)
            throws IOException {
        new Transfers(io).down(to, download -> storage.read(from, download));
    }

    @Command(description = "Tell what is known of a file or folder")
    void stat(@Parameters(paramLabel = "PATH") String path) {
        io.out().println(Json.pretty(node.call("stat", path)));
    }

    @Command(description = "Tell the checksum of a file")
    void hash(
            @Parameters(paramLabel = "PATH") String path,
            @Option(names = "--algo", defaultValue = "sha256", description = "md5 or sha256; default: sha256.")
                    String algorithm) {
        io.out().println(node.call("hash", path, algorithm));
    }

    @Command(description = "Copy a file")
    void copy(
            @Parameters(index = "0", paramLabel = "SOURCE") String source,
            @Parameters(index = "1", paramLabel = "TARGET") String target) {
        storage.copy(source, target);
    }

    @Command(description = "Rename a file")
    void rename(
            @Parameters(index = "0", paramLabel = "SOURCE") String source,
            @Parameters(index = "1", paramLabel = "TARGET") String target) {
        storage.rename(source, target);
    }

    @Command(name = "remove-all", description = "Remove a folder with all that is in it")
    void removeAll(@Parameters(paramLabel = "PATH") String path) {
        storage.deleteAll(path);
    }

    @Command(name = "create-dir", description = "Make a folder; its name ends with a slash")
    void createDir(@Parameters(paramLabel = "PATH") String path) {
        storage.createFolder(path);
    }

    @Command(description = "Remove a file")
    void delete(@Parameters(paramLabel = "PATH") String path) {
        storage.delete(path);
    }

    @Command(description = "Fail if there is no such file or folder")
    void exists(@Parameters(paramLabel = "PATH") String path) throws IOException {
        if (!storage.exists(path)) {
            throw new IOException("path " + path + " does not exist");
        }
    }

    @Command(description = "List a folder")
    void list(@Parameters(paramLabel = "PATH") String path) {
        storage.list(path).forEachRemaining(io.out()::println);
    }

    @Command(description = "List a folder and all that is below it")
    void scan(@Parameters(paramLabel = "PATH") String path) {
        storage.scan(path).forEachRemaining(io.out()::println);
    }

    @Command(name = "presign-stat", description = "Make a request by which anybody can ask for a file's data")
    void presignStat(
            @Parameters(paramLabel = "PATH") String path,
            @Option(names = "--expire-second", required = true, paramLabel = "SECONDS") long seconds) {
        io.out().println(Json.pretty(node.call("presign_stat", path, seconds)));
    }

    @Command(name = "presign-read", description = "Make a request by which anybody can read a file")
    void presignRead(
            @Parameters(paramLabel = "PATH") String path,
            @Option(names = "--expire-second", required = true, paramLabel = "SECONDS") long seconds) {
        io.out().println(Json.pretty(node.call("presign_read", path, seconds)));
    }

    @Command(name = "presign-write", description = "Make a request by which anybody can write a file")
    void presignWrite(
            @Parameters(paramLabel = "PATH") String path,
            @Option(names = "--expire-second", required = true, paramLabel = "SECONDS") long seconds) {
        io.out().println(Json.pretty(node.call("presign_write", path, seconds)));
    }

    @Command(description = "Tell what this store can do")
    void capability() {
        io.out().println(Json.pretty(node.call("capability")));
    }
}
