package dev.rigbus.app.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What shells need to know of the command line, written in their languages; nothing is asked while one types. */
final class CompletionScript {
    private CompletionScript() {}

    private static List<Command> commands() {
        return Rigbus.COMMANDS.stream()
                .filter(command -> !command.summary().isEmpty())
                .toList();
    }

    private static List<Flag> flags(Command command) {
        List<Flag> flags = new ArrayList<>(command.flags());
        flags.addAll(Rigbus.COMMON);
        return flags;
    }

    private static String names(List<Flag> flags) {
        return String.join(
                " ",
                flags.stream()
                        .flatMap(flag -> flag.alias().isEmpty()
                                ? java.util.stream.Stream.of(flag.name())
                                : java.util.stream.Stream.of(flag.name(), flag.alias()))
                        .toList());
    }

    private static String pattern(Flag flag) {
        return flag.name() + (flag.alias().isEmpty() ? "" : "|" + flag.alias());
    }

    private static boolean isPath(Flag flag) {
        return flag.value().equals("FILE") || flag.value().equals("DIR");
    }

    /** Which flags have values, which words may be values, and which words follow which: one {@code case} each. */
    static String bash() {
        StringBuilder text = new StringBuilder("""
            # Completes the command line of rigbus.
            _rigbus() {
              local word=${COMP_WORDS[COMP_CWORD]} command='' path='' skip='' i each
              for ((i = 1; i < COMP_CWORD; i++)); do
                each=${COMP_WORDS[i]}
                if [[ -n $skip ]]; then
                  skip=''
                elif [[ $each == -* ]]; then
                  _rigbus_takes_value "$command" "$each" && skip=$each
                elif [[ -z $command ]]; then
                  command=$each
                else
                  path=${path:+$path }$each
                fi
              done
              COMPREPLY=()
              if [[ -n $skip ]]; then
                _rigbus_values "$command" "$skip"
              elif [[ $word == -* ]]; then
                COMPREPLY=($(compgen -W "$(_rigbus_flags "$command")" -- "$word"))
              else
                _rigbus_words "$command" "$path"
              fi
            }
            """);
        text.append("_rigbus_takes_value() {\n  case \"$1 $2\" in\n");
        for (Command command : commands()) {
            for (Flag flag : flags(command)) {
                if (flag.hasValue()) {
                    for (String name : pattern(flag).split("\\|")) {
                        text.append("    '" + command.name() + " " + name + "') return 0 ;;\n");
                    }
                }
            }
        }
        text.append("    ' --log-level') return 0 ;;\n  esac\n  return 1\n}\n");
        text.append("_rigbus_flags() {\n  case $1 in\n");
        commands()
                .forEach(command ->
                        text.append("    " + command.name() + ") echo '" + names(flags(command)) + "' ;;\n"));
        text.append("    '') echo '--help --version --log-level' ;;\n  esac\n}\n");
        text.append("_rigbus_values() {\n  case \"$1 $2\" in\n");
        text.append("    *' --log-level') COMPREPLY=($(compgen -W '" + levels() + "' -- \"$word\")) ;;\n");
        for (Command command : commands()) {
            for (Flag flag : command.flags()) {
                for (String name : pattern(flag).split("\\|")) {
                    String title = "    '" + command.name() + " " + name + "') ";
                    if (flag.value().contains("|")) {
                        text.append(title + "COMPREPLY=($(compgen -W '"
                                + flag.value().replace('|', ' ') + "' -- \"$word\")) ;;\n");
                    } else if (isPath(flag)) {
                        text.append(title + "COMPREPLY=($(compgen -f -- \"$word\")) ;;\n");
                    }
                }
            }
        }
        text.append("  esac\n}\n_rigbus_words() {\n  case \"$1/$2\" in\n    /) COMPREPLY=($(compgen -W '"
                + String.join(" ", commands().stream().map(Command::name).toList()) + "' -- \"$word\")) ;;\n");
        for (Command command : commands()) {
            new TreeMap<>(command.completions())
                    .forEach((path, words) -> text.append("    '" + command.name() + "/" + path
                            + "') COMPREPLY=($(compgen -W '" + String.join(" ", words) + "' -- \"$word\")) ;;\n"));
            if (command.operands().startsWith("FILE")) {
                text.append("    " + command.name() + "/*) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n");
            }
        }
        return text.append("    admin/backup) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n  esac\n}\n")
                .append("complete -o filenames -F _rigbus rigbus ./rigbus\n")
                .toString();
    }

    private static String levels() {
        return "TRACE DEBUG INFO WARNING ERROR CRITICAL";
    }

    /** zsh reads the script of bash well. */
    static String zsh() {
        return "autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n" + bash();
    }

    static String fish() {
        StringBuilder text = new StringBuilder("""
            # Completes the command line of rigbus.
            function __rigbus_at
                set -l words (commandline -opc)
                set -l rest
                for word in $words[2..-1]
                    string match -q -- '-*' $word; or set -a rest $word
                end
                test "$rest" = "$argv"
            end
            complete -c rigbus -f
            complete -c rigbus -n '__rigbus_at' -l version -d 'Says which version this is.'
            """);
        for (Command command : commands()) {
            text.append("complete -c rigbus -n '__rigbus_at' -a " + command.name() + " -d '" + quoted(command.summary())
                    + "'\n");
            for (Map.Entry<String, List<String>> each : new TreeMap<>(command.completions()).entrySet()) {
                String path = (command.name() + " " + each.getKey()).strip();
                text.append("complete -c rigbus -n '__rigbus_at " + path + "' -a '" + String.join(" ", each.getValue())
                        + "'\n");
            }
            String within = "complete -c rigbus -n '__fish_seen_subcommand_from " + command.name() + "'";
            flags(command).forEach(flag -> text.append(within + fish(flag) + "\n"));
            if (command.operands().startsWith("FILE")) {
                text.append(within + " -F\n");
            }
        }
        return text.append("complete -c rigbus -n '__rigbus_at admin backup' -F\n")
                .toString();
    }

    private static String fish(Flag flag) {
        String value = flag.value().contains("|")
                ? " -x -a '" + flag.value().replace('|', ' ') + "'"
                : flag.name().equals("--log-level")
                        ? " -x -a '" + levels() + "'"
                        : isPath(flag) ? " -r -F" : flag.hasValue() ? " -x" : "";
        return " -l " + flag.name().substring(2)
                + (flag.alias().isEmpty() ? "" : " -s " + flag.alias().substring(1)) + value + " -d '"
                + quoted(flag.text()) + "'";
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("'", "\\'");
    }
}
