import Stages

let distinctFamily = TextMetricFamily(
  [
    .init(
      "distinct1", "Different words over all words; distinct2 to distinct9 are of n-grams.",
      isOfWhole: true)
  ],
  parameters: [BleuKeys.tokenize, BleuKeys.lowercase],
  groups: ["distinct": ["distinct1", "distinct2"]],
  aliases: Dictionary(
    uniqueKeysWithValues: [("distinct-n", "distinct")]
      + (1...9).flatMap {
        [("distinct-\($0)", "distinct\($0)"), ("distinct_\($0)", "distinct\($0)")]
      }
  ),
  ordered: "distinct", comparison: .nothing,
  configure: { values, _, settings in
    settings.distinct = DistinctNGrams(
      tokenizer: values[BleuKeys.tokenize], lowercase: values[BleuKeys.lowercase])
  },
  measure: { names, material, settings, _ in
    let metric = settings.distinct
    let orders = names.map { Int($0.dropFirst(8)) ?? 1 }
    let shares = metric.shares(of: material.corpus.hypotheses, orders: orders.max() ?? 1)
    return zip(names, orders).map { name, order in
      TextScore(
        name: name, score: shares[order - 1],
        signature: "case:\(metric.lowercase ? "lc" : "mixed")|tok:\(metric.tokenizer.rawValue)")
    }
  })

let selfBleuFamily = TextMetricFamily(
  [
    .init(
      "self_bleu", "Mean BLEU of each text against all others.", direction: .lower,
      isOfWhole: true)
  ],
  parameters: [BleuKeys.tokenize, BleuKeys.lowercase],
  aliases: ["self-bleu": "self_bleu", "selfbleu": "self_bleu"],
  comparison: .nothing,
  configure: { values, _, settings in
    settings.selfBleu.bleu = Bleu(
      tokenizer: values[BleuKeys.tokenize], lowercase: values[BleuKeys.lowercase],
      effectiveOrder: true)
  },
  measure: { _, material, settings, _ in
    let metric = settings.selfBleu
    let others = material.corpus.count - 1
    return [
      TextScore(
        name: "self_bleu", score: metric.score(of: material.corpus.hypotheses),
        signature: BleuMetric(bleu: metric.bleu, references: others).signature)
    ]
  })
