// Reads .hex files of record batches with Apache Kafka's own classes and prints what is in them.
//
//   javac -cp 'LIBS/*' -d /tmp/golden ReadBatches.java && java -cp '/tmp/golden:LIBS/*' ReadBatches ktool-*.hex
//
// LIBS holds the jars of Apache Kafka 4.3.1.

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

public class ReadBatches {
    public static void main(String[] files) throws Exception {
        for (String file : files) {
            StringBuilder hex = new StringBuilder();
            for (String line : Files.readAllLines(Path.of(file))) {
                if (!line.startsWith("#")) hex.append(line.split("  ")[0]);
            }
            MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
            for (RecordBatch batch : records.batches()) {
                batch.ensureValid();
                System.out.println(file + ": " + batch);
                for (Record record : batch) {
                    System.out.println("  " + record.offset() + " " + record.timestamp() + " " + text(record.key())
                        + " " + text(record.value()) + " " + Arrays.toString(record.headers()));
                }
            }
        }
    }

    static String text(ByteBuffer bytes) {
        if (bytes == null) return null;
        String text = StandardCharsets.UTF_8.decode(bytes).toString();
        return text.length() > 40 ? text.substring(0, 20) + "... " + text.length() + " characters" : "'" + text + "'";
    }
}
