package dev.rigbus.app.command;

import java.util.List;
import java.util.Map;

/** {@code rigbus completion}. */
final class Completion implements Command {
    private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

    @Override
    public String name() {
        return "completion";
    }

    @Override
    public String summary() {
        return "Prints a script that lets a shell complete what follows rigbus.";
    }

    @Override
    public String operands() {
        return "bash|zsh|fish";
    }

    @Override
    public String details() {
        return """
            bash:  source <(rigbus completion bash)
            zsh:   source <(rigbus completion zsh)
            fish:  rigbus completion fish | source
            """;
    }

    @Override
    public Map<String, List<String>> completions() {
        return Map.of("", SHELLS);
    }

    @Override
    public ExitCode run(Words words, Console console) throws UsageException {
        if (words.operands().size() != 1 || !SHELLS.contains(words.operands().get(0))) {
            throw new UsageException("which shell? (one of: bash, zsh, fish)");
        }
        console.out()
                .print(
                        switch (words.operands().get(0)) {
                            case "bash" -> CompletionScript.bash();
                            case "zsh" -> CompletionScript.zsh();
                            default -> CompletionScript.fish();
                        });
        return ExitCode.OK;
    }
}
