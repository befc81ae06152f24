// A carrier made of phase4: it pushes a list over AS4, and takes and signs for what it is answered.
//
// In: a folder with zq.pem and zq.key (its certificate and key) and window.pem (the window's
// certificate), the window's address, and the port on which to take answers. Out: a line for each
// push with phase4's own result, a line for each unit that came, and the payloads as files.

import com.helger.commons.http.HttpHeaderMap;
import com.helger.commons.collection.impl.CommonsArrayList;
import com.helger.commons.collection.impl.ICommonsList;
import com.helger.commons.io.IHasInputStream;
import com.helger.commons.mime.CMimeType;
import com.helger.commons.mime.IMimeType;
import com.helger.phase4.attachment.AS4OutgoingAttachment;
import com.helger.phase4.attachment.WSS4JAttachment;
import com.helger.phase4.crypto.AS4CryptoFactoryInMemoryKeyStore;
import com.helger.phase4.crypto.ECryptoAlgorithmSign;
import com.helger.phase4.crypto.ECryptoAlgorithmSignDigest;
import com.helger.phase4.crypto.IAS4CryptoFactory;
import com.helger.phase4.CAS4;
import com.helger.phase4.attachment.IAS4IncomingAttachmentFactory;
import com.helger.phase4.ebms3header.Ebms3Error;
import com.helger.phase4.ebms3header.Ebms3SignalMessage;
import com.helger.phase4.ebms3header.Ebms3UserMessage;
import com.helger.phase4.incoming.*;
import com.helger.phase4.incoming.spi.*;
import com.helger.phase4.model.EMEP;
import com.helger.phase4.model.EMEPBinding;
import com.helger.phase4.model.pmode.*;
import com.helger.phase4.model.pmode.leg.*;
import com.helger.phase4.sender.AS4Sender;
import com.helger.servlet.mock.MockServletContext;
import com.helger.web.scope.mgr.WebScopeManager;
import com.helger.web.scope.mgr.WebScoped;
import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

public class Phase4 {
    static final char[] NONE = "none".toCharArray();

    /** AS4 alone, without anybody's profile of it. */
    static final IAS4IncomingProfileSelector PROFILE = new IAS4IncomingProfileSelector() {
        public String getAS4ProfileID(IAS4IncomingMessageState state) { return null; }
        public boolean validateAgainstProfile() { return false; }
    };

    public static void main(String[] args) throws Exception {
        Path dir = Paths.get(args[0]);
        String window = args[1];
        int port = Integer.parseInt(args[2]);
        System.setProperty("phase4.manager.inmemory", "true");
        System.setProperty("global.datapath", dir.resolve("phase4").toString());
        System.setProperty("phase4.datapath", dir.resolve("phase4").toString());
        WebScopeManager.onGlobalBegin(MockServletContext.create());
        X509Certificate own = certificate(dir.resolve("zq.pem"));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, NONE);
        Certificate[] chain = {own};
        keys.setKeyEntry("zq", key(dir.resolve("zq.key"), own), NONE, chain);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, NONE);
        trusted.setCertificateEntry("window", certificate(dir.resolve("window.pem")));
        IAS4CryptoFactory crypto = new AS4CryptoFactoryInMemoryKeyStore(keys, "zq", NONE, trusted);
        boolean isRsa = own.getPublicKey().getAlgorithm().equals("RSA");
        ECryptoAlgorithmSign method =
            isRsa ? ECryptoAlgorithmSign.RSA_SHA_256 : ECryptoAlgorithmSign.ECDSA_SHA_256;
        PMode mode = mode(window, method);
        CountDownLatch answered = new CountDownLatch(2);
        receive(port, dir, crypto, mode, answered);
        byte[] list = Files.readAllBytes(dir.resolve("list.edi"));
        push(window, crypto, mode, method, "one@zq.example", list, true);
        push(window, crypto, mode, method, "one@zq.example", list, true);
        push(window, crypto, mode, method, "two@zq.example", list, false);
        if (!answered.await(30, TimeUnit.SECONDS)) {
            System.out.println("no answer came");
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    static X509Certificate certificate(Path path) throws Exception {
        try (InputStream in = Files.newInputStream(path)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    static PrivateKey key(Path path, X509Certificate of) throws Exception {
        String text = Files.readString(path).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text));
        return KeyFactory.getInstance(of.getPublicKey().getAlgorithm()).generatePrivate(spec);
    }

    static PMode mode(String window, ECryptoAlgorithmSign method) {
        PModeLegSecurity security = new PModeLegSecurity();
        security.setX509SignatureAlgorithm(method);
        security.setX509SignatureHashFunction(ECryptoAlgorithmSignDigest.DIGEST_SHA_256);
        security.setSendReceipt(true);
        security.setSendReceiptNonRepudiation(true);
        security.setSendReceiptReplyPattern(EPModeSendReceiptReplyPattern.RESPONSE);
        PModeLeg leg = new PModeLeg(
            PModeLegProtocol.createForDefaultSoapVersion(window),
            PModeLegBusinessInformation.create("PNRGOV", "push", null, CAS4.DEFAULT_MPC_ID),
            null, null, security);
        return new PMode("zq", PModeParty.createSimple("zq-party", "sender"),
            PModeParty.createSimple("utopia", "receiver"), "pnr", EMEP.ONE_WAY, EMEPBinding.PUSH,
            leg, null, null, PModeReceptionAwareness.createDefault());
    }

    static void push(String window, IAS4CryptoFactory crypto, PMode mode,
                     ECryptoAlgorithmSign method, String id, byte[] bytes, boolean pressed) {
        AS4OutgoingAttachment.Builder part =
            AS4OutgoingAttachment.builder().data(bytes).mimeType(CMimeType.APPLICATION_OCTET_STREAM);
        if (pressed) {
            part.compressionGZIP();
        }
        Object result = AS4Sender.builderUserMessage()
            .cryptoFactory(crypto).as4ProfileID("none").incomingProfileSelector(PROFILE)
            .withSigningParams(it -> it.setAlgorithmSign(method)
                .setAlgorithmSignDigest(ECryptoAlgorithmSignDigest.DIGEST_SHA_256))
            .pmode(mode).pmodeResolver((a, b, c, d, e, f, g) -> mode)
            .messageID(id).conversationID("c").agreementRef("pnr")
            .service("PNRGOV").action("push")
            .fromPartyID("zq-party").fromRole("sender")
            .toPartyID("utopia").toRole("receiver")
            .endpointURL(window).payload(part)
            .sendMessageAndCheckForReceipt(fault -> fault.printStackTrace());
        System.out.println("sent " + id + " " + result);
    }

    static void receive(int port, Path dir, IAS4CryptoFactory crypto, PMode mode,
                        CountDownLatch answered) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", exchange -> {
            int[] status = {200};
            byte[][] body = {new byte[0]};
            IAS4ResponseAbstraction response = new IAS4ResponseAbstraction() {
                public void setContent(byte[] bytes, Charset charset) { body[0] = bytes; }
                public void setContent(HttpHeaderMap headers, IHasInputStream from) {
                    headers.forEachSingleHeader((name, value) -> exchange.getResponseHeaders().set(name, value), true);
                    try (InputStream in = from.getInputStream()) { body[0] = in.readAllBytes(); }
                    catch (Exception why) { throw new RuntimeException(why); }
                }
                public void setMimeType(IMimeType type) {
                    exchange.getResponseHeaders().set("Content-Type", type.getAsString());
                }
                public void setStatus(int to) { status[0] = to; }
            };
            HttpHeaderMap headers = new HttpHeaderMap();
            exchange.getRequestHeaders().forEach((name, values) -> values.forEach(it -> headers.addHeader(name, it)));
            try (WebScoped scope = new WebScoped();
                 AS4RequestHandler handler = new AS4RequestHandler(AS4IncomingMessageMetadata.createForRequest())) {
                handler.setCryptoFactory(crypto);
                handler.setPModeResolver((a, b, c, d, e, f, g) -> mode);
                handler.setIncomingProfileSelector(PROFILE);
                handler.setIncomingReceiverConfiguration(new AS4IncomingReceiverConfiguration());
                handler.setIncomingAttachmentFactory(IAS4IncomingAttachmentFactory.DEFAULT_INSTANCE);
                handler.setIncomingSecurityConfiguration(
                    com.helger.phase4.incoming.crypto.AS4IncomingSecurityConfiguration.createDefaultInstance());
                handler.setProcessorSupplier(() -> new CommonsArrayList<>(new Taker(dir, answered)));
                handler.handleRequest(exchange.getRequestBody(), headers, response);
            } catch (Exception why) {
                why.printStackTrace();
                status[0] = 500;
            }
            exchange.sendResponseHeaders(status[0], body[0].length == 0 ? -1 : body[0].length);
            if (body[0].length > 0) {
                exchange.getResponseBody().write(body[0]);
            }
            exchange.close();
            answered.countDown();
        });
        server.start();
    }

    /** Writes down what came. */
    record Taker(Path dir, CountDownLatch answered) implements IAS4IncomingMessageProcessorSPI {
        public AS4MessageProcessorResult processAS4UserMessage(
            IAS4IncomingMessageMetadata metadata, HttpHeaderMap headers, Ebms3UserMessage message,
            IPMode mode, org.w3c.dom.Node payload, ICommonsList<WSS4JAttachment> parts,
            IAS4IncomingMessageState state, ICommonsList<Ebms3Error> errors) {
            String about = message.getMessageProperties().getProperty().get(0).getValue();
            int n = 0;
            for (WSS4JAttachment part : parts) {
                try (InputStream in = part.getSourceStream()) {
                    Files.write(dir.resolve("got-" + about + "-" + ++n), in.readAllBytes());
                } catch (Exception why) {
                    throw new RuntimeException(why);
                }
            }
            System.out.println("got " + message.getCollaborationInfo().getAction() + " about " + about
                + " with " + n + ", signed: " + state.isSoapSignatureChecked());
            return AS4MessageProcessorResult.createSuccess();
        }

        public AS4SignalMessageProcessorResult processAS4SignalMessage(
            IAS4IncomingMessageMetadata metadata, HttpHeaderMap headers, Ebms3SignalMessage message,
            IPMode mode, IAS4IncomingMessageState state, ICommonsList<Ebms3Error> errors) {
            return AS4SignalMessageProcessorResult.createSuccess();
        }

        public void processAS4ResponseMessage(
            IAS4IncomingMessageMetadata metadata, IAS4IncomingMessageState state, String id,
            byte[] bytes, boolean available) {
        }
    }
}
