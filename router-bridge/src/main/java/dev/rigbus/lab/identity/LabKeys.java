package dev.rigbus.lab.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.security.SecureRandom;
import java.text.ParseException;
import java.util.Map;

/** The two keys that tokens are made with, the same on every node of a lab: one signs identities, one is for the router. */
public final class LabKeys {
    private static final int ROUTER_KEY_BYTES = 64;
    private static final String SIGNING = "signing";
    private static final String ROUTER = "router";

    private final ECKey signing;
    private final Base64URL router;

    private LabKeys(ECKey signing, Base64URL router) {
        this.signing = signing;
        this.router = router;
    }

    /** New ones, for a new lab. */
    public static LabKeys generate() {
        byte[] router = new byte[ROUTER_KEY_BYTES];
        new SecureRandom().nextBytes(router);
        try {
            ECKey signing = new ECKeyGenerator(Curve.P_256)
                    .keyID("default")
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .generate();
            return new LabKeys(signing, Base64URL.encode(router));
        } catch (JOSEException e) {
            throw new IllegalStateException("this Java runtime makes no P-256 keys", e);
        }
    }

    /** Reads {@link #write}; fails with an {@link IllegalArgumentException} that says nothing of the keys. */
    public static LabKeys read(String json) {
        try {
            Map<String, Object> all = JSONObjectUtils.parse(json);
            ECKey signing = ECKey.parse(JSONObjectUtils.getJSONObject(all, SIGNING));
            Base64URL router = JSONObjectUtils.getBase64URL(all, ROUTER);
            if (router == null || router.decode().length < ROUTER_KEY_BYTES || !signing.isPrivate()) {
                throw new IllegalArgumentException("not the keys of a lab");
            }
            return new LabKeys(signing, router);
        } catch (ParseException | NullPointerException e) {
            // The cause would quote what stands there.
            throw new IllegalArgumentException("not the keys of a lab");
        }
    }

    /** As JSON, for a file that only its owner may read, or for another node. */
    public String write() {
        return JSONObjectUtils.toJSONString(Map.of(SIGNING, signing.toJSONObject(), ROUTER, router.toString()));
    }

    ECKey signing() {
        return signing;
    }

    byte[] router() {
        return router.decode();
    }

    @Override
    public String toString() {
        return "LabKeys(***)";
    }
}
