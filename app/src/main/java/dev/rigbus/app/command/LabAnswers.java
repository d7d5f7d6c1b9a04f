package dev.rigbus.app.command;

import dev.rigbus.app.lab.LabTarget;
import dev.rigbus.client.CallException;
import dev.rigbus.client.LabClient;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.TimeoutException;

/** Speaks to a lab, and turns what it refuses into words and exit codes. */
final class LabAnswers {
    private LabAnswers() {}

    /** Something that is done with a connection. */
    interface Talk<T> {
        T with(LabClient lab) throws Exception;
    }

    static <T> T talk(LabTarget target, Talk<T> talk) throws Exception {
        LabClient lab;
        try {
            lab = target.connect();
        } catch (IOException e) {
            throw new CommandException(ExitCode.UNREACHABLE, "rigbus: " + e.getMessage(), e);
        }
        try (lab) {
            return talk.with(lab);
        } catch (CallException e) {
            throw new CommandException(code(e), "rigbus: " + text(e), e);
        } catch (TimeoutException e) {
            throw new CommandException(ExitCode.UNREACHABLE, "rigbus: the node does not answer", e);
        } catch (FileAlreadyExistsException e) {
            throw new CommandException(ExitCode.EXISTS, "rigbus: " + e.getMessage(), e);
        } catch (NoSuchFileException | FileNotFoundException e) {
            throw new CommandException(ExitCode.NOT_FOUND, "rigbus: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new CommandException("rigbus: " + e.getMessage(), e);
        }
    }

    static ExitCode code(CallException e) {
        return switch (e.code()) {
            case NOT_FOUND -> ExitCode.NOT_FOUND;
            case ALREADY_EXISTS -> ExitCode.EXISTS;
            case UNAVAILABLE, DEADLINE_EXCEEDED -> ExitCode.UNREACHABLE;
            case UNAUTHENTICATED, PERMISSION_DENIED -> ExitCode.DENIED;
            default ->
                isAboutToken(e)
                        ? ExitCode.DENIED
                        // Upstream's controller has no status for it.
                        : e.details().endsWith("\" not found") ? ExitCode.NOT_FOUND : ExitCode.FAILURE;
        };
    }

    /** Upstream's words for all that is wrong with a token, which its clients know. */
    private static boolean isAboutToken(CallException e) {
        return e.details().contains("failed to authenticate token")
                || e.details().startsWith("oidc: ");
    }

    static String text(CallException e) {
        return switch (e.code()) {
            case UNIMPLEMENTED -> "the node does not know this; is it older than this command?";
            default -> {
                if (e.details().isEmpty()) {
                    yield "the node answers with " + e.code();
                }
                yield isAboutToken(e) ? "the node does not accept the token: " + e.details() : e.details();
            }
        };
    }
}
