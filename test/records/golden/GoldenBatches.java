// Writes the .hex files beside it: record batches made by Apache Kafka's own classes, annotated.
//
//   javac -cp 'LIBS/*' -d /tmp/golden GoldenBatches.java && java -cp '/tmp/golden:LIBS/*' GoldenBatches FOLDER
//
// LIBS holds the jars of Apache Kafka 4.3.1.

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.KRaftVersionRecord;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.SnapshotFooterRecord;
import org.apache.kafka.common.message.SnapshotHeaderRecord;
import org.apache.kafka.common.message.VotersRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;

public class GoldenBatches {
    static final long NOW = 1_700_000_000_000L;
    static Path folder;

    public static void main(String[] args) throws IOException {
        folder = Path.of(args[0]);
        for (CompressionType type : CompressionType.values()) {
            write("java-" + type.name, "The sample records, " + type.name, sample(Compression.of(type).build()));
            if (type != CompressionType.NONE) write("java-" + type.name + "-large", "150 records of 1,000 bytes, " + type.name, large(Compression.of(type).build()));
        }
        write("java-idempotent", "Idempotent, sequences that wrap", MemoryRecords.withIdempotentRecords((byte) 2, 40L,
            Compression.NONE, 9000L, (short) 3, Integer.MAX_VALUE, 5,
            new org.apache.kafka.common.record.internal.SimpleRecord(NOW, "a".getBytes()),
            new org.apache.kafka.common.record.internal.SimpleRecord(NOW, "b".getBytes())));
        write("java-append-time", "LogAppendTime", appendTime());
        write("java-offset-gaps", "Offsets 7, 9, 12 with base offset 7, as compaction leaves them", gaps());
        write("java-commit", "Commit marker", marker(ControlRecordType.COMMIT));
        write("java-abort", "Abort marker", marker(ControlRecordType.ABORT));
        writeKraft();
    }

    static ByteBuffer bytes(String text) {
        return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static Header header(String key, String value) {
        return new RecordHeader(key, value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }

    static MemoryRecords sample(Compression compression) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1024), RecordBatch.MAGIC_VALUE_V2,
            compression, TimestampType.CREATE_TIME, 0L, -1L, -1L, (short) -1, -1, false, -1);
        builder.append(NOW, bytes("key"), bytes("value"), new Header[0]);
        builder.append(NOW + 1000, null, bytes("no key"), new Header[] {header("trace", "abc"), header("empty", ""), header("none", null)});
        builder.append(NOW - 1000, bytes("deleted"), null, new Header[0]);
        builder.append(NOW + 10_000_000_000L, bytes(""), bytes("ü".repeat(100)), new Header[] {header("schlüssel", "wert")});
        return builder.build();
    }

    static MemoryRecords large(Compression compression) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1024), RecordBatch.MAGIC_VALUE_V2,
            compression, TimestampType.CREATE_TIME, 0L, -1L, -1L, (short) -1, -1, false, -1);
        for (int i = 0; i < 150; i++) builder.append(NOW + i, null, bytes(String.valueOf(i % 10).repeat(1000)));
        return builder.build();
    }

    static MemoryRecords appendTime() {
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1024), RecordBatch.MAGIC_VALUE_V2,
            Compression.NONE, TimestampType.LOG_APPEND_TIME, 5L, NOW + 77, -1L, (short) -1, -1, false, 2);
        builder.append(NOW, bytes("a"), bytes("1"));
        builder.append(NOW + 5, bytes("b"), bytes("2"));
        return builder.build();
    }

    static MemoryRecords gaps() {
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1024), RecordBatch.MAGIC_VALUE_V2,
            Compression.NONE, TimestampType.CREATE_TIME, 7L, -1L, -1L, (short) -1, -1, false, 2);
        for (long offset : new long[] {7, 9, 12}) builder.appendWithOffset(offset, NOW, bytes("k" + offset), bytes("v"));
        return builder.build();
    }

    static MemoryRecords marker(ControlRecordType type) {
        return MemoryRecords.withEndTransactionMarker(30L, NOW, 4, 9000L, (short) 3, new EndTransactionMarker(type, 11));
    }

    static void writeKraft() throws IOException {
        Uuid directory = Uuid.fromString("AQIDBAUGBwgJCgsMDQ4PEA");
        var leader = new LeaderChangeMessage().setVersion((short) 0).setLeaderId(1)
            .setVoters(List.of(new LeaderChangeMessage.Voter().setVoterId(1)))
            .setGrantingVoters(List.of(new LeaderChangeMessage.Voter().setVoterId(1)));
        write("java-leader-change", "KRaft leader change", MemoryRecords.withLeaderChangeMessage(8L, NOW, 2, ByteBuffer.allocate(512), leader));
        write("java-snapshot-header", "KRaft snapshot header", MemoryRecords.withSnapshotHeaderRecord(0L, NOW, 2, ByteBuffer.allocate(512),
            new SnapshotHeaderRecord().setVersion((short) 0).setLastContainedLogTimestamp(NOW - 1)));
        write("java-snapshot-footer", "KRaft snapshot footer", MemoryRecords.withSnapshotFooterRecord(3L, NOW, 2, ByteBuffer.allocate(512),
            new SnapshotFooterRecord().setVersion((short) 0)));
        write("java-kraft-version", "KRaft version", MemoryRecords.withKRaftVersionRecord(1L, NOW, 2, ByteBuffer.allocate(512),
            new KRaftVersionRecord().setVersion((short) 0).setKRaftVersion((short) 1)));
        var endpoints = new VotersRecord.EndpointCollection();
        endpoints.add(new VotersRecord.Endpoint().setName("CONTROLLER").setHost("localhost").setPort(9093));
        var voter = new VotersRecord.Voter().setVoterId(1).setVoterDirectoryId(directory).setEndpoints(endpoints)
            .setKRaftVersionFeature(new VotersRecord.KRaftVersionFeature().setMinSupportedVersion((short) 0).setMaxSupportedVersion((short) 1));
        write("java-voters", "KRaft voters", MemoryRecords.withVotersRecord(2L, NOW, 2, ByteBuffer.allocate(512),
            new VotersRecord().setVersion((short) 0).setVoters(List.of(voter))));
    }

    static void write(String name, String title, MemoryRecords records) throws IOException {
        ByteBuffer buffer = records.buffer().duplicate();
        byte[] all = new byte[buffer.remaining()];
        buffer.get(all);
        StringBuilder text = new StringBuilder("# " + title + "; written by Apache Kafka 4.3.1\n");
        String[] names = {"baseOffset", "batchLength", "partitionLeaderEpoch", "magic", "crc", "attributes", "lastOffsetDelta",
            "baseTimestamp", "maxTimestamp", "producerId", "producerEpoch", "baseSequence", "recordCount"};
        int[] sizes = {8, 4, 4, 1, 4, 2, 4, 8, 8, 8, 2, 4, 4};
        int at = 0;
        for (int i = 0; i < names.length; i++) {
            String hex = HexFormat.of().formatHex(all, at, at + sizes[i]);
            text.append(String.format("%-18s%s%n", hex, names[i]));
            at += sizes[i];
        }
        for (int from = at; from < all.length; from += 40) {
            text.append(HexFormat.of().formatHex(all, from, Math.min(all.length, from + 40))).append(from == at ? "  records" : "").append("\n");
        }
        Files.writeString(folder.resolve(name + ".hex"), text);
    }
}
