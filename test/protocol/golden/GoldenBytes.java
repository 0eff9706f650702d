// Writes the bytes of golden files with Apache Kafka's own message classes. README.md says how to run it.
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

public class GoldenBytes {
    private static final Pattern TITLE = Pattern.compile("# (\\w+) v(\\d+)( with header)?");
    private static final String[] CLASSES = {
        "org.apache.kafka.common.message.%sData",
        "org.apache.kafka.common.message.%s",
        "org.apache.kafka.common.metadata.%s",
        "org.apache.kafka.coordinator.group.generated.%s",
        "org.apache.kafka.coordinator.transaction.generated.%s",
        "org.apache.kafka.coordinator.share.generated.%s",
        "org.apache.kafka.raft.generated.%s",
    };

    public static void main(String[] files) throws Exception {
        ObjectMapper json = new ObjectMapper();
        for (String file : files) {
            String[] halves = Files.readString(Path.of(file)).split("(?m)^---$", 2);
            String title = halves[0].lines().findFirst().orElseThrow();
            Matcher matcher = TITLE.matcher(title);
            if (!matcher.matches()) throw new Exception(file + ": '" + title + "' is not a title");
            short version = Short.parseShort(matcher.group(2));
            JsonNode value = json.readTree(halves[0].substring(title.length()));
            Lines lines = new Lines();
            if (matcher.group(3) == null) {
                write(message(matcher.group(1), value, version), version, lines);
            } else {
                writeWithHeader(matcher.group(1), value, version, lines);
            }
            Files.writeString(Path.of(file), halves[0] + "---\n" + String.join("\n", lines.lines) + "\n");
        }
        System.out.println(files.length + " files written");
    }

    private static Message message(String name, JsonNode value, short version) throws Exception {
        for (String pattern : CLASSES) {
            try {
                Class<?> converter = Class.forName(String.format(pattern, name) + "JsonConverter");
                return (Message) converter.getMethod("read", JsonNode.class, short.class).invoke(null, value, version);
            } catch (ClassNotFoundException tryNext) {
                continue;
            }
        }
        throw new Exception("no class for " + name);
    }

    // A frame without its length: header, then body, with the header version that Kafka picks for this API.
    private static void writeWithHeader(String name, JsonNode value, short version, Lines lines) throws Exception {
        boolean isRequest = name.endsWith("Request");
        ApiKeys api = null;
        for (ApiKeys key : ApiKeys.values()) {
            if (key.messageType.name.equals(name.replaceAll("Re(quest|sponse)$", ""))) api = key;
        }
        int correlationId = value.get("correlationId").asInt();
        if (isRequest) {
            RequestHeaderData header = new RequestHeaderData().setRequestApiKey(api.id).setRequestApiVersion(version)
                .setCorrelationId(correlationId).setClientId(value.get("clientId").textValue());
            write(header, api.requestHeaderVersion(version), lines);
        } else {
            write(new ResponseHeaderData().setCorrelationId(correlationId), api.responseHeaderVersion(version), lines);
        }
        write(message(name, value.get("body"), version), version, lines);
    }

    private static void write(Message message, short version, Lines lines) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        message.size(cache, version);
        message.write(lines, cache, version);
    }

    /** Keeps each written primitive as a line: its bytes, its kind and its value. */
    private static class Lines implements Writable {
        final List<String> lines = new ArrayList<>();

        private void line(ByteBuffer bytes, String comment) {
            byte[] copy = new byte[bytes.flip().remaining()];
            bytes.get(copy);
            line(copy, comment);
        }

        private void line(byte[] bytes, String comment) {
            lines.add(String.format("%-32s # %s", HexFormat.of().formatHex(bytes), comment));
        }

        @Override public void writeByte(byte value) { line(new byte[] {value}, "int8 " + value); }
        @Override public void writeShort(short value) { line(ByteBuffer.allocate(2).putShort(value), "int16 " + value); }
        @Override public void writeInt(int value) { line(ByteBuffer.allocate(4).putInt(value), "int32 " + value); }
        @Override public void writeLong(long value) { line(ByteBuffer.allocate(8).putLong(value), "int64 " + value); }
        @Override public void writeDouble(double value) { line(ByteBuffer.allocate(8).putDouble(value), "float64 " + value); }

        @Override public void writeByteArray(byte[] bytes) {
            String text = new String(bytes, StandardCharsets.UTF_8);
            boolean isText = text.chars().noneMatch(c -> c < 32 || c == 0xfffd);
            line(bytes, isText ? "'" + text + "'" : bytes.length + " bytes");
        }

        @Override public void writeUnsignedVarint(int value) {
            ByteBuffer bytes = ByteBuffer.allocate(5);
            int left = value;
            for (; (left & ~0x7f) != 0; left >>>= 7) bytes.put((byte) (left & 0x7f | 0x80));
            line(bytes.put((byte) left), "uvarint " + Integer.toUnsignedString(value));
        }

        @Override public void writeByteBuffer(ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            writeByteArray(bytes);
        }

        @Override public void writeRecords(BaseRecords records) {
            writeByteBuffer(((MemoryRecords) records).buffer().duplicate());
        }

        @Override public void writeUuid(org.apache.kafka.common.Uuid uuid) {
            ByteBuffer bytes = ByteBuffer.allocate(16);
            bytes.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
            line(bytes, "uuid " + uuid);
        }

        @Override public void writeVarint(int value) { throw new UnsupportedOperationException(); }
        @Override public void writeVarlong(long value) { throw new UnsupportedOperationException(); }
    }
}
