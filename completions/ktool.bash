# Completion of ktool for bash; `ktool completion bash` prints it.

# bash splits words at = and : as well; ktool is asked about those that blanks make.
_ktool() {
  local line=${COMP_LINE:0:COMP_POINT} current prefix word help path
  local -a words
  read -ra words <<<"$line"
  if [[ $line == *[[:blank:]] ]]; then words+=(''); fi
  current=${words[${#words[@]} - 1]}
  prefix=${current%"${current##*[=:]}"}
  COMPREPLY=()
  while IFS=$'\t' read -r word help; do
    case $word in
      :file | :folder)
        compopt -o filenames 2>/dev/null
        while IFS= read -r path; do COMPREPLY+=("$path"); done < <(
          if [[ $word == :file ]]; then compgen -f -- "${current#"$prefix"}"; else compgen -d -- "${current#"$prefix"}"; fi
        )
        ;;
      *) COMPREPLY+=("${word#"$prefix"}") ;;
    esac
  done < <("${words[0]/#\~/$HOME}" __complete "${words[@]:1}" 2>/dev/null)
}
complete -F _ktool ktool kafka-topics kafka-topics.sh kafka-configs kafka-configs.sh kafka-get-offsets kafka-get-offsets.sh kafka-delete-records kafka-delete-records.sh kafka-log-dirs kafka-log-dirs.sh kafka-cluster kafka-cluster.sh kafka-features kafka-features.sh kafka-metadata-quorum kafka-metadata-quorum.sh kafka-leader-election kafka-leader-election.sh kafka-reassign-partitions kafka-reassign-partitions.sh kafka-transactions kafka-transactions.sh kafka-replica-verification kafka-replica-verification.sh kafka-broker-api-versions kafka-broker-api-versions.sh kafka-console-producer kafka-console-producer.sh kafka-console-consumer kafka-console-consumer.sh kafka-console-share-consumer kafka-console-share-consumer.sh kafka-consumer-groups kafka-consumer-groups.sh kafka-share-groups kafka-share-groups.sh kafka-streams-groups kafka-streams-groups.sh kafka-streams-application-reset kafka-streams-application-reset.sh kafka-groups kafka-groups.sh kafka-acls kafka-acls.sh kafka-delegation-tokens kafka-delegation-tokens.sh kafka-client-metrics kafka-client-metrics.sh kafka-dump-log kafka-dump-log.sh kafka-storage kafka-storage.sh kafka-producer-perf-test kafka-producer-perf-test.sh kafka-consumer-perf-test kafka-consumer-perf-test.sh kafka-e2e-latency kafka-e2e-latency.sh kafka-verifiable-producer kafka-verifiable-producer.sh kafka-verifiable-consumer kafka-verifiable-consumer.sh kafka-server-start kafka-server-start.sh
