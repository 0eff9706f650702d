# Completion of ktool for fish; `ktool completion fish` prints it.

function __ktool_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case ':file'
                __fish_complete_path "$current"
            case ':folder'
                __fish_complete_directories "$current" ''
            case '*'
                printf '%s\n' $line
        end
    end
end

for program in ktool kafka-topics kafka-topics.sh kafka-configs kafka-configs.sh kafka-get-offsets kafka-get-offsets.sh kafka-delete-records kafka-delete-records.sh kafka-log-dirs kafka-log-dirs.sh kafka-cluster kafka-cluster.sh kafka-features kafka-features.sh kafka-metadata-quorum kafka-metadata-quorum.sh kafka-leader-election kafka-leader-election.sh kafka-reassign-partitions kafka-reassign-partitions.sh kafka-transactions kafka-transactions.sh kafka-replica-verification kafka-replica-verification.sh kafka-broker-api-versions kafka-broker-api-versions.sh kafka-console-producer kafka-console-producer.sh kafka-console-consumer kafka-console-consumer.sh kafka-console-share-consumer kafka-console-share-consumer.sh kafka-consumer-groups kafka-consumer-groups.sh kafka-share-groups kafka-share-groups.sh kafka-streams-groups kafka-streams-groups.sh kafka-streams-application-reset kafka-streams-application-reset.sh kafka-groups kafka-groups.sh kafka-acls kafka-acls.sh kafka-delegation-tokens kafka-delegation-tokens.sh kafka-client-metrics kafka-client-metrics.sh kafka-dump-log kafka-dump-log.sh kafka-storage kafka-storage.sh kafka-producer-perf-test kafka-producer-perf-test.sh kafka-consumer-perf-test kafka-consumer-perf-test.sh kafka-e2e-latency kafka-e2e-latency.sh kafka-verifiable-producer kafka-verifiable-producer.sh kafka-verifiable-consumer kafka-verifiable-consumer.sh kafka-server-start kafka-server-start.sh
    complete -c $program -f -a '(__ktool_complete)'
end
