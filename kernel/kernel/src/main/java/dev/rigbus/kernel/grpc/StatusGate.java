package dev.rigbus.kernel.grpc;

import dev.rigbus.kernel.session.SessionStatus;

/** Admits calls by the newest status that was heard of. */
final class StatusGate implements Admission {
    private volatile SessionStatus status = SessionStatus.FIRST;

    void statusChanged(SessionStatus now) {
        if (now.version() >= status.version()) {
            status = now;
        }
    }

    @Override
    public long fence() {
        return Admission.under(status);
    }
}
