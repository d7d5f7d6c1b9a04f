package dev.rigbus.app.command;

import com.google.protobuf.ByteString;
import dev.rigbus.app.lab.AdminApi;
import dev.rigbus.app.lab.Output;
import dev.rigbus.app.log.Terminal;
import dev.rigbus.kernel.bundle.BundleException;
import dev.rigbus.kernel.bundle.BundleFile;
import dev.rigbus.kernel.bundle.BundleStore;
import dev.rigbus.wire.lab.BundleObject;
import dev.rigbus.wire.lab.ChangeBundleRequest;
import dev.rigbus.wire.lab.ChangeBundleRequest.Deed;
import dev.rigbus.wire.lab.PutBundleRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** {@code rigbus bundle}. */
final class Bundle implements Command {
    private static final int PIECE = 1 << 20;

    /** What is sent faster than one can look needs no bar. */
    private static final long LONG_BYTES = 8L << 20;

    private static final Map<String, Deed> DEEDS = new TreeMap<>(Map.of(
            "deploy", Deed.DEED_DEPLOY,
            "upgrade", Deed.DEED_UPGRADE,
            "rollback", Deed.DEED_ROLLBACK,
            "remove", Deed.DEED_REMOVE));

    private static final Flag NODE =
            new Flag("--node", "NAME,...", "Only these nodes. Default: all, or all that it is on. May be repeated.");
    private static final Flag ALL = new Flag("--all", "", "All nodes, those that come later too; the default.");
    private static final Flag ROLLING = new Flag("--rolling", "", "One node after the other.");

    @Override
    public String name() {
        return "bundle";
    }

    @Override
    public String summary() {
        return "Brings drivers to the nodes of a lab that runs, in jars; drivers in use are replaced as they are used.";
    }

    @Override
    public String operands() {
        return "deploy FILE | upgrade FILE | rollback NAME | remove NAME | list";
    }

    @Override
    public String details() {
        return """
            Either all nodes that are meant do it, or nothing changes and the first that cannot is named, with the reason.
            An upgrade keeps sessions: calls under way end on the old version, streams go on where the driver can hand
            them over. A version most of whose calls fail in its first minute is taken back by itself.
            """;
    }

    @Override
    public List<Flag> flags() {
        List<Flag> flags = new ArrayList<>(List.of(NODE, ALL, ROLLING, Admin.OUTPUT));
        flags.addAll(LabFlags.FLAGS);
        return flags;
    }

    @Override
    public Map<String, List<String>> completions() {
        List<String> words = new ArrayList<>(DEEDS.keySet());
        words.add("list");
        return Map.of("", words);
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        List<String> operands = words.operands();
        String verb = operands.isEmpty() ? "" : operands.get(0);
        Deed deed = DEEDS.get(verb);
        if (verb.equals("list") ? operands.size() != 1 : deed == null || operands.size() != 2) {
            throw new UsageException("bundle " + String.join(" ", operands) + " (expected: bundle " + operands() + ")");
        }
        if (words.has(NODE) && words.has(ALL)) {
            throw new UsageException("only one of --node and --all should be given");
        }
        Output output = LabOutput.of(words, Admin.OUTPUT, console);
        if (deed == null) {
            return LabAnswers.talk(LabFlags.target(words, System.getenv()), lab -> {
                output.bundles(new AdminApi(lab).bundles());
                return ExitCode.OK;
            });
        }
        boolean brings = deed == Deed.DEED_DEPLOY || deed == Deed.DEED_UPGRADE;
        ChangeBundleRequest.Builder request =
                ChangeBundleRequest.newBuilder().setDeed(deed).setRolling(words.has(ROLLING));
        for (String each : words.values(NODE)) {
            List.of(each.split(",", -1)).forEach(request::addNodes);
        }
        @Nullable Path file = brings ? Path.of(operands.get(1)) : null;
        if (file == null) {
            request.setName(operands.get(1));
        } else {
            request.setHash(checked(file));
        }
        return LabAnswers.talk(LabFlags.target(words, System.getenv()), lab -> {
            AdminApi api = new AdminApi(lab);
            if (file != null) {
                send(api, file, request.getHash());
            }
            BundleObject now = api.changeBundle(request.build());
            console.out().println(told(deed, now));
            return ExitCode.OK;
        });
    }

    /** A mistake is better told before anything is sent; gives the hash. */
    private static String checked(Path file) throws CommandException {
        try {
            if (!Files.isRegularFile(file)) {
                throw new CommandException(
                        ExitCode.NOT_FOUND,
                        "rigbus: " + file + ": no such file",
                        new NoSuchFileException(file.toString()));
            }
            BundleFile.open(file);
            return BundleStore.hash(file);
        } catch (BundleException e) {
            throw new CommandException("rigbus: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new CommandException("rigbus: " + file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** From where the last attempt has ended. */
    private static void send(AdminApi api, Path file, String hash) throws IOException {
        long there = api.putBundle(PutBundleRequest.newBuilder().setHash(hash).build());
        if (there < 0) {
            return;
        }
        long size = Files.size(file);
        try (InputStream in = Files.newInputStream(file);
                ProgressBar bar = bar(size)) {
            in.skipNBytes(Math.min(there, size));
            long offset = Math.min(there, size);
            boolean last;
            do {
                byte[] piece = in.readNBytes(PIECE);
                last = offset + piece.length >= size;
                api.putBundle(PutBundleRequest.newBuilder()
                        .setHash(hash)
                        .setOffset(offset)
                        .setData(ByteString.copyFrom(piece))
                        .setLast(last)
                        .build());
                offset += piece.length;
                if (bar != null) {
                    bar.stepTo(offset);
                }
            } while (!last);
        }
    }

    private static @Nullable ProgressBar bar(long size) {
        return size < LONG_BYTES || !Terminal.isOutput()
                ? null
                : new ProgressBarBuilder()
                        .setTaskName("sending")
                        .setInitialMax(size)
                        .setUnit(" MiB", 1 << 20)
                        .setStyle(ProgressBarStyle.ASCII)
                        .build();
    }

    private static String told(Deed deed, BundleObject now) {
        if (deed == Deed.DEED_REMOVE && now.getServingMap().isEmpty()) {
            return "bundle " + now.getName() + " removed";
        }
        String what = switch (deed) {
            case DEED_DEPLOY -> "deployed";
            case DEED_ROLLBACK -> "rolled back";
            case DEED_REMOVE -> "still";
            default -> "upgraded";
        };
        return "bundle " + now.getName() + " " + what + ": " + now.getVersion() + " on "
                + String.join(", ", new TreeMap<>(now.getServingMap()).keySet());
    }
}
