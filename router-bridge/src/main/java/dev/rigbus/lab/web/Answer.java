package dev.rigbus.lab.web;

/** What is answered. */
record Answer(int status, String type, String body) {
    static final String HTML = "text/html; charset=utf-8";
    static final String JSON = "application/json";
    static final String TEXT = "text/plain; charset=utf-8";
    static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

    static Answer json(int status, Object body) {
        return new Answer(status, JSON, body.toString());
    }

    static Answer text(int status, String body) {
        return new Answer(status, TEXT, body);
    }

    static Answer notFound() {
        return text(404, "not found\n");
    }
}
