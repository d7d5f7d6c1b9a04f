package dev.rigbus.lab.identity;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;

/** The two keys that tokens are made with, the same on every node of a lab: one signs identities, one is for the router. */
public final class TokenKeys {
    private static final int LEAST_ROUTER_KEY_BYTES = 32;

    private final ECKey signing;
    private final byte[] router;

    /**
     * @param signing EC P-256
     * @param router 32 bytes or more
     */
    public TokenKeys(KeyPair signing, byte[] router) {
        this(jwk(signing), router);
    }

    private TokenKeys(ECKey signing, byte[] router) {
        if (router.length < LEAST_ROUTER_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "a router key of " + router.length + " bytes (expected: " + LEAST_ROUTER_KEY_BYTES + " or more)");
        }
        this.signing = signing;
        this.router = router.clone();
    }

    private static ECKey jwk(KeyPair pair) {
        return new ECKey.Builder(Curve.P_256, (ECPublicKey) pair.getPublic())
                .privateKey(pair.getPrivate())
                .keyID("default")
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(JWSAlgorithm.ES256)
                .build();
    }

    /** New ones. */
    public static TokenKeys generate() {
        try {
            KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
            pairs.initialize(new ECGenParameterSpec("secp256r1"));
            byte[] router = new byte[LEAST_ROUTER_KEY_BYTES];
            new SecureRandom().nextBytes(router);
            return new TokenKeys(pairs.generateKeyPair(), router);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime makes no P-256 keys", e);
        }
    }

    /** With another key for the router, such as one that other routers have too. */
    public TokenKeys withRouter(byte[] key) {
        return new TokenKeys(signing, key);
    }

    ECKey signing() {
        return signing;
    }

    byte[] router() {
        return router.clone();
    }

    @Override
    public String toString() {
        return "TokenKeys(***)";
    }
}
