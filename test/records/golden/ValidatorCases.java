// Writes validator-cases.json: what Apache Kafka's own log does with records that a producer might send.
//
//   javac -cp 'LIBS/*' -d /tmp/golden ValidatorCases.java && java -cp '/tmp/golden:LIBS/*' ValidatorCases FILE
//
// LIBS holds the jars of Apache Kafka 4.3.1. Each case goes through ProduceRequest.validateRecords and
// UnifiedLog.appendAsLeader on a log of its own, which starts at offset 100 in leader epoch 3.

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.RecordValidationException;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

public class ValidatorCases {
    static final long NOW = 1_700_000_000_000L;
    static final List<String> cases = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        byte[] plain = batch(Compression.NONE, records(3));
        run("a plain batch", plain, Map.of());
        run("a plain batch on a topic with append time", plain, Map.of("message.timestamp.type", "LogAppendTime"));
        run("a leader epoch from the client", patchInt(plain, 12, 7, false), Map.of());
        run("a header with a wrong largest timestamp", patchLong(plain, 35, NOW + 99, true), Map.of());
        run("a batch cut short behind a whole one", join(plain, java.util.Arrays.copyOf(plain, 30)), Map.of());
        run("an idempotent batch", bytes(MemoryRecords.withIdempotentRecords(Compression.NONE, 9000L, (short) 2, 5, records(2))), Map.of());
        run("a transactional batch", bytes(MemoryRecords.withTransactionalRecords(Compression.NONE, 9000L, (short) 2, 5, records(2))), Map.of());
        run("records without a time", batch(Compression.NONE, new SimpleRecord(-1L, "k".getBytes(), "v".getBytes())), Map.of());

        for (CompressionType type : CompressionType.values()) {
            byte[] packed = batch(Compression.of(type).build(), records(12));
            run(type.name + " kept", packed, Map.of());
            run(type.name + " with append time", packed, Map.of("message.timestamp.type", "LogAppendTime"));
            for (String target : new String[] {"uncompressed", "gzip", "snappy", "lz4", "zstd"}) {
                run(type.name + " to " + target, packed, Map.of("compression.type", target));
            }
            run(type.name + " to uncompressed with append time", packed, Map.of("compression.type", "uncompressed", "message.timestamp.type", "LogAppendTime"));
            run(type.name + " without keys on a compacted topic", batch(Compression.of(type).build(), keyless()), Map.of("cleanup.policy", "compact"));
            run(type.name + " with offset gaps", gaps(Compression.of(type).build()), Map.of());
            run(type.name + " with offset gaps that fit the count", fittingGaps(Compression.of(type).build()), Map.of());
        }
        run("gzip that grows past the limit when unpacked", batch(Compression.of(CompressionType.GZIP).build(), new SimpleRecord(NOW, new byte[5000])),
            Map.of("compression.type", "uncompressed", "max.message.bytes", "1000"));

        run("keys missing, compact and delete", batch(Compression.NONE, keyless()), Map.of("cleanup.policy", "compact,delete"));
        run("five keys missing", batch(Compression.NONE, new SimpleRecord(NOW, "1".getBytes()), new SimpleRecord(NOW, "2".getBytes()),
            new SimpleRecord(NOW, "3".getBytes()), new SimpleRecord(NOW, "4".getBytes()), new SimpleRecord(NOW, "5".getBytes())), Map.of("cleanup.policy", "compact"));
        run("an empty key on a compacted topic", batch(Compression.NONE, new SimpleRecord(NOW, new byte[0], "v".getBytes())), Map.of("cleanup.policy", "compact"));
        byte[] times = batch(Compression.NONE, new SimpleRecord(NOW - 1001, "old".getBytes(), "v".getBytes()), new SimpleRecord(NOW - 1000, "k".getBytes(), "v".getBytes()),
            new SimpleRecord(NOW + 500, "k".getBytes(), "v".getBytes()), new SimpleRecord(NOW + 501, "new".getBytes(), "v".getBytes()), new SimpleRecord(-1, "none".getBytes(), null));
        run("times out of range", times, Map.of("message.timestamp.before.max.ms", "1000", "message.timestamp.after.max.ms", "500"));
        run("times out of range with append time", times, Map.of("message.timestamp.before.max.ms", "1000", "message.timestamp.after.max.ms", "500", "message.timestamp.type", "LogAppendTime"));
        run("a missing key and a time out of range", batch(Compression.NONE, new SimpleRecord(NOW - 5000, "v".getBytes()), new SimpleRecord(NOW - 5000, "k".getBytes(), "v".getBytes())),
            Map.of("cleanup.policy", "compact", "message.timestamp.before.max.ms", "1000"));
        run("a time two hours ahead", batch(Compression.NONE, new SimpleRecord(NOW + 7_200_000, "v".getBytes())), Map.of());

        byte[] appendTime = patchShort(plain, 21, 8, true);
        run("append time from the client, create time topic", appendTime, Map.of());
        run("append time from the client, append time topic", appendTime, Map.of("message.timestamp.type", "LogAppendTime"));
        run("append time from the client without a time", patchShort(batch(Compression.NONE, new SimpleRecord(-1L, "k".getBytes(), "v".getBytes())), 21, 8, true), Map.of());
        run("append time from the client, repacked", appendTime, Map.of("compression.type", "uncompressed"));

        run("a flipped bit", patchByte(plain, plain.length - 1, plain[plain.length - 1] ^ 1, false), Map.of());
        run("a base offset", patchLong(plain, 0, 5, false), Map.of());
        run("control records", patchShort(plain, 21, 0x20, true), Map.of());
        run("too few records counted", patchInt(plain, 57, 2, true), Map.of());
        run("too many records counted", patchInt(patchInt(plain, 57, 4, true), 23, 3, true), Map.of());
        run("fewer records counted, offsets to match", patchInt(patchInt(plain, 57, 2, true), 23, 1, true), Map.of());
        run("no records counted", patchInt(plain, 57, 0, true), Map.of());
        run("a negative last offset delta", patchInt(plain, 23, -1, true), Map.of());
        run("a last offset delta beyond the count", patchInt(plain, 23, 5, true), Map.of());
        run("a producer without a sequence", patchLong(plain, 43, 9000, true), Map.of());
        run("a record that claims too much", patchByte(plain, 61, 0x7e, true), Map.of());
        run("a record that claims too little", patchByte(plain, 61, 0x04, true), Map.of());
        run("a negative number of headers", patchByte(plain, plain.length - 1, 0x03, true), Map.of());
        run("more headers than bytes", patchByte(plain, plain.length - 1, 0x08, true), Map.of());
        run("two batches", join(plain, plain), Map.of());
        run("no bytes", new byte[0], Map.of());
        run("a batch cut short", java.util.Arrays.copyOf(plain, plain.length - 1), Map.of());
        run("a length of 5", patchInt(plain, 8, 5, false), Map.of());
        run("a length of 20", java.util.Arrays.copyOf(patchInt(plain, 8, 20, false), 32), Map.of());
        run("magic 1", bytes(MemoryRecords.withRecords((byte) 1, Compression.NONE, records(1))), Map.of());
        run("magic 0", bytes(MemoryRecords.withRecords((byte) 0, Compression.NONE, records(1))), Map.of());
        run("larger than the topic allows", plain, Map.of("max.message.bytes", String.valueOf(plain.length - 1)));
        run("exactly as large as the topic allows", plain, Map.of("max.message.bytes", String.valueOf(plain.length)));
        run("larger than the topic allows, and corrupt", patchByte(plain, plain.length - 1, 9, false), Map.of("max.message.bytes", "50"));
        run("zstd in version 6", batch(Compression.of(CompressionType.ZSTD).build(), records(2)), Map.of(), (short) 6);
        run("gzip in version 6", batch(Compression.of(CompressionType.GZIP).build(), records(2)), Map.of(), (short) 6);

        Files.writeString(Path.of(args[0]), "[\n" + String.join(",\n", cases) + "\n]\n");
    }

    static SimpleRecord[] records(int count) {
        SimpleRecord[] made = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            Header[] headers = i % 2 == 1 ? new Header[] {new RecordHeader("h", "x".getBytes()), new RecordHeader("none", null)} : new Header[0];
            made[i] = new SimpleRecord(NOW - 10 + (i % 3) * 5, ("key" + i).getBytes(), i % 5 == 4 ? null : "value".repeat(4).getBytes(), headers);
        }
        return made;
    }

    static SimpleRecord[] keyless() {
        return new SimpleRecord[] {new SimpleRecord(NOW, "a".getBytes(), "1".getBytes()), new SimpleRecord(NOW, "2".getBytes()),
            new SimpleRecord(NOW, "c".getBytes(), "3".getBytes()), new SimpleRecord(NOW, "4".getBytes())};
    }

    static byte[] batch(Compression compression, SimpleRecord... records) {
        return bytes(MemoryRecords.withRecords(compression, records));
    }

    static byte[] gaps(Compression compression) {
        return withOffsets(compression, 0, 2, 5);
    }

    // The last offset fits the number of records, so only the offsets between can tell.
    static byte[] fittingGaps(Compression compression) {
        byte[] made = withOffsets(compression, 0, 3, 5);
        return patchInt(made, 23, 2, true);
    }

    static byte[] withOffsets(Compression compression, long... offsets) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1024), (byte) 2, compression,
            TimestampType.CREATE_TIME, 0L, -1L, -1L, (short) -1, -1, false, -1);
        for (long offset : offsets) builder.appendWithOffset(offset, NOW, "k".getBytes(), ("v" + offset).getBytes());
        return bytes(builder.build());
    }

    static byte[] bytes(MemoryRecords records) {
        ByteBuffer buffer = records.buffer().duplicate();
        byte[] made = new byte[buffer.remaining()];
        buffer.get(made);
        return made;
    }

    static byte[] join(byte[] a, byte[] b) {
        return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
    }

    static byte[] patchByte(byte[] batch, int at, int value, boolean crc) {
        byte[] made = batch.clone();
        made[at] = (byte) value;
        return crc ? crc(made) : made;
    }

    static byte[] patchShort(byte[] batch, int at, int value, boolean crc) {
        byte[] made = batch.clone();
        ByteBuffer.wrap(made).putShort(at, (short) value);
        return crc ? crc(made) : made;
    }

    static byte[] patchInt(byte[] batch, int at, int value, boolean crc) {
        byte[] made = batch.clone();
        ByteBuffer.wrap(made).putInt(at, value);
        return crc ? crc(made) : made;
    }

    static byte[] patchLong(byte[] batch, int at, long value, boolean crc) {
        byte[] made = batch.clone();
        ByteBuffer.wrap(made).putLong(at, value);
        return crc ? crc(made) : made;
    }

    static byte[] crc(byte[] batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch, 21, batch.length - 21);
        ByteBuffer.wrap(batch).putInt(17, (int) crc.getValue());
        return batch;
    }

    static void run(String name, byte[] input, Map<String, String> settings) throws Exception {
        run(name, input, settings, (short) 12);
    }

    static void run(String name, byte[] input, Map<String, String> settings, short version) throws Exception {
        String outcome;
        try {
            MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(input.clone()));
            ProduceRequest.validateRecords(version, records);
            outcome = append(records, settings);
        } catch (RecordValidationException e) {
            StringBuilder errors = new StringBuilder();
            e.recordErrors().forEach(error -> errors.append(errors.isEmpty() ? "" : ", ")
                .append("{\"batchIndex\": " + error.batchIndex + ", \"message\": " + quote(error.message) + "}"));
            outcome = refused(e.invalidException(), ", \"recordErrors\": [" + errors + "]");
        } catch (Exception e) {
            outcome = refused(e, "");
        }
        StringBuilder set = new StringBuilder();
        new java.util.TreeMap<>(settings).forEach((key, value) -> set.append(set.isEmpty() ? "" : ", ").append(quote(key) + ": " + quote(value)));
        cases.add("  {\"name\": " + quote(name) + ", \"version\": " + version + ", \"settings\": {" + set + "},\n    \"input\": \""
            + HexFormat.of().formatHex(input) + "\",\n    " + outcome + "}");
    }

    static String refused(Exception e, String more) {
        return "\"error\": \"" + Errors.forException(e).name() + "\", \"message\": " + quote(e.getMessage()) + more;
    }

    static String quote(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    static String append(MemoryRecords records, Map<String, String> settings) throws Exception {
        File folder = new File(Files.createTempDirectory("validator").toFile(), "orders-0");
        folder.mkdir();
        UnifiedLog log = UnifiedLog.create(folder, new LogConfig(settings), 100L, 100L, new NoScheduler(), new BrokerTopicStats(), new FixedTime(),
            3_600_000, new ProducerStateManagerConfig(86_400_000, false), 600_000, new LogDirFailureChannel(1), true, Optional.of(Uuid.randomUuid()));
        LogAppendInfo info = log.appendAsLeader(records, 3);
        var read = log.read(100L, 1 << 20, FetchIsolation.LOG_END, true).records;
        ByteBuffer out = ByteBuffer.allocate(read.sizeInBytes());
        ((org.apache.kafka.common.record.internal.FileRecords) read).readInto(out, 0);
        return "\"records\": \"" + HexFormat.of().formatHex(out.array(), 0, out.limit()) + "\", \"maxTimestamp\": " + info.maxTimestamp()
            + ", \"logAppendTime\": " + info.logAppendTime();
    }

    static class FixedTime implements Time {
        public long milliseconds() { return NOW; }
        public long nanoseconds() { return NOW * 1_000_000; }
        public void sleep(long ms) { }
        public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMs) { }
    }

    static class NoScheduler implements Scheduler {
        public void startup() { }
        public void shutdown() { }
        public ScheduledFuture<?> schedule(String name, Runnable task, long delayMs, long periodMs) { return null; }
        public void resizeThreadPool(int size) { }
    }
}
