package dev.rigbus.app.command;

import dev.rigbus.app.lab.Output;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code rigbus admin}: what it can do; how is {@link AdminLine}'s business, which is loaded only then. */
final class Admin implements Command {
    static final Flag NAMESPACE =
            new Flag("--namespace", "-n", "NAME", "Where it is; default: the lab's own, for lists all.");
    static final Flag LABELS = new Flag(
            "--labels",
            "-l",
            "K=V[,K=V]",
            "Labels to give; K- takes one away; for lists, a selector. May be repeated.");
    static final Flag OUT = new Flag(
            "--out", "FILE", "Where to write the configuration (or the token of a node); - for standard output.");
    static final Flag FORCE = new Flag("--force", "", "Replaces files that are there.");
    static final Flag FILE = new Flag("--file", "-f", "FILE", "A policy, in the shape of an ExporterAccessPolicy.");
    static final Flag USERNAME =
            new Flag("--username", "NAME", "The external user who may act as this, as provider:name.");
    static final Flag ALLOW = new Flag(
            "--allow",
            "PATTERN",
            "Which driver clients a client may load; default: jumpstarter_driver_*. May be repeated.");
    static final Flag UNSAFE = new Flag("--unsafe", "", "A client may load any driver client.");
    static final Flag ENABLE = new Flag("--enable", "", "The exporter may be leased.");
    static final Flag DISABLE = new Flag("--disable", "", "It may not be leased; a lease that it has goes on.");
    static final Flag MAINTENANCE = new Flag("--maintenance", "REASON", "The same, with a reason that users are told.");
    static final Flag NO_MAINTENANCE = new Flag("--no-maintenance", "", "Ends that.");
    static final Flag ALL = new Flag("--all", "-a", "", "Ended leases too.");
    static final Flag LIMIT = new Flag("--limit", "NUMBER", "How many entries of the audit; default: the newest 100.");
    static final Flag ABOUT = new Flag("--about", "NAME", "Only entries of the audit about this, or by this.");
    static final Flag OUTPUT = new Flag("--output", "-o", Output.Form.WORDS, "How to show it; default: table.");

    private static final String KINDS = "client exporter policy lease node admin";

    @Override
    public String name() {
        return "admin";
    }

    @Override
    public String summary() {
        return "Administers a lab: who may use it, what is in it, who has what.";
    }

    @Override
    public String operands() {
        return "WHAT...";
    }

    @Override
    public List<Flag> flags() {
        List<Flag> flags = new ArrayList<>(List.of(
                NAMESPACE,
                LABELS,
                OUT,
                FORCE,
                FILE,
                USERNAME,
                ALLOW,
                UNSAFE,
                ENABLE,
                DISABLE,
                MAINTENANCE,
                NO_MAINTENANCE,
                ALL,
                LIMIT,
                ABOUT,
                Drain.REASON,
                OUTPUT));
        flags.addAll(LabFlags.FLAGS);
        return flags;
    }

    @Override
    public String details() {
        return """
            What:
              create client|exporter NAME   with --out: its configuration, ready for jmp or jmp run
              create policy [NAME] -f FILE  who may lease which exporters
              create node NAME --out FILE   a token with which one new node may join
              create admin NAME --out FILE  a configuration for --admin-config
              get KIND [NAME]               client, exporter, policy, lease, node, admin
              get audit|metrics|status      who did what; measurements; this node
              update client|exporter NAME   its labels, its user, whether it may be leased
              update policy NAME -f FILE    in the place of the rules that it has
              delete KIND NAME...           with its leases and tokens
              release lease NAME...         before its time
              token rotate KIND NAME        of a client, an exporter or an admin: a new one; the old one stops working
              revoke KIND NAME              the token of a client, an exporter or an admin; a node for good
              drain node NAME               lets it hand over its work
              backup FILE                   the records of the lab, while it runs
              kubeconfig [NAME] --out FILE  for stock jmp admin; NAME: the administrator to make for it

            Without --data, --endpoint or --admin-config: the node of this machine, through the socket in its folder.
            Exit codes: 0 done, 1 failed, 2 the command line makes no sense, 3 there is no such thing, 4 there is one
            already, 5 the lab cannot be reached, 6 not allowed.
            """;
    }

    @Override
    public Map<String, List<String>> completions() {
        Map<String, List<String>> words = new LinkedHashMap<>();
        words.put("", split("create get update delete release token revoke drain backup kubeconfig"));
        words.put("create", split("client exporter policy node admin"));
        words.put("get", split(KINDS + " audit metrics status"));
        words.put("update", split("client exporter policy"));
        words.put("delete", split(KINDS));
        words.put("release", split("lease"));
        words.put("token", split("rotate"));
        words.put("token rotate", split("client exporter admin"));
        words.put("revoke", split("client exporter admin node"));
        words.put("drain", split("node"));
        return words;
    }

    private static List<String> split(String words) {
        return List.of(words.split(" "));
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        return new AdminLine(words, console).run();
    }
}
