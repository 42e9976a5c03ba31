import Evaluate
import Records
import Stages

/// Reads what is relevant for queries (qrels), and what a search found (a run), from JSON lines.
///
/// A line is a pair, or a query with all its documents:
///
///     {"query": "q1", "document": "d7", "relevance": 1}     {"query": "q1", "document": "d7", "score": 12.5}
///     {"query": "q1", "documents": {"d7": 1}}               {"query": "q1", "documents": {"d7": 12.5, "d2": 3}}
///     {"query": "q1", "documents": ["d7"]}                  {"query": "q1", "documents": ["d7", "d2"]}
///
/// Documents in a list are relevant by 1, and found in its order. Queries without a line in the run have
/// found nothing; those that no line of the qrels names do not count.
struct ScoreRankings {
  private static let queryFields = ["query", "query_id", "query-id", "qid"]
  private static let documentFields = [
    "document", "document_id", "doc", "doc_id", "docid", "corpus-id", "corpus_id", "pid",
  ]
  private static let documentsFields = ["documents", "docs", "relevant", "found", "results"]
  private static let relevanceFields = ["relevance", "rel", "score", "label"]
  private static let scoreFields = ["score", "sim", "similarity"]

  /// The documents of a query, in the order named, with a number each.
  private typealias Lists = [ByteKey: [(id: String, value: Double)]]

  /// What a file of relevances and a file of finds come to; queries in the order of the first.
  static func outcomes(
    relevances: ScoreFile, found: ScoreFile
  ) throws(StageError) -> RetrievalOutcomes {
    let (queries, truths) = try read(relevances, values: relevanceFields, isRanked: false)
    let (_, lists) = try read(found, values: scoreFields, isRanked: true)
    return RetrievalOutcomes(
      queries: queries.map { query in
        let truth = Dictionary(
          (truths[query] ?? []).map { (ByteKey($0.id), $0.value) },
          uniquingKeysWith: { first, _ in first })
        let list = lists[query] ?? []
        let ids = Set(list.map { ByteKey($0.id) })
        return RetrievalOutcomes.Query(
          found: list.map {
            .init(id: $0.id, score: $0.value, relevance: truth[ByteKey($0.id)] ?? 0)
          },
          missed: truth.filter { !ids.contains($0.key) }.map(\.value).sorted(by: >))
      })
  }

  private static func read(
    _ file: ScoreFile, values: [String], isRanked: Bool
  ) throws(StageError) -> (queries: [ByteKey], lists: Lists) {
    var order: [ByteKey] = []
    var lists = Lists()
    var seen: [ByteKey: Set<ByteKey>] = [:]
    for record in 0..<file.count {
      guard let line = file.object(record) else {
        throw StageError(
          "invalid-record", "is no object", source: file.source(record),
          remedy: "write queries and documents as JSON lines, in a file that ends in .jsonl")
      }
      let query = ByteKey(try name(line, queryFields, file, record))
      if lists[query] == nil {
        order.append(query)
        lists[query] = []
      }
      for entry in try documents(line, values, isRanked, file, record) {
        guard seen[query, default: []].insert(ByteKey(entry.id)).inserted else {
          throw StageError(
            "invalid-record", "names document '\(entry.id)' of query '\(query.text)' a second time",
            source: file.source(record))
        }
        lists[query, default: []].append(entry)
      }
    }
    return (order, lists)
  }

  private static func documents(
    _ line: JSONObject, _ values: [String], _ isRanked: Bool, _ file: ScoreFile, _ record: Int
  ) throws(StageError) -> [(id: String, value: Double)] {
    guard let field = documentsFields.first(where: { line[$0] != nil }), let value = line[field]
    else {
      let id = try name(line, documentFields, file, record)
      guard let field = values.first(where: { line[$0] != nil }) else {
        guard !isRanked else {
          throw StageError(
            "missing-field", "has none of \(values.joined(separator: ", "))",
            source: file.source(record))
        }
        return [(id, 1)]
      }
      return [(id, try number(line[field], file, record, field))]
    }
    if let list = value.array {
      var entries: [(id: String, value: Double)] = []
      for (place, element) in list.enumerated() {
        guard let id = text(element) else {
          throw StageError(
            "invalid-record", "holds \(element.kindName), not the name of a document",
            source: file.source(record), field: field)
        }
        entries.append((id, isRanked ? Double(list.count - place) : 1))
      }
      return entries
    }
    guard let object = value.object else {
      throw StageError(
        "invalid-record", "is \(value.kindName), not documents", source: file.source(record),
        field: field)
    }
    var entries: [(id: String, value: Double)] = []
    for member in object.members {
      entries.append((member.key, try number(member.value, file, record, field)))
    }
    return entries
  }

  private static func name(
    _ line: JSONObject, _ fields: [String], _ file: ScoreFile, _ record: Int
  ) throws(StageError) -> String {
    guard let field = fields.first(where: { line[$0] != nil }) else {
      throw StageError(
        "missing-field", "has none of \(fields.joined(separator: ", "))",
        source: file.source(record))
    }
    guard let name = text(line[field]) else {
      throw StageError(
        "invalid-record", "is no name", source: file.source(record), field: field)
    }
    return name
  }

  private static func text(_ value: JSONValue?) -> String? {
    if case .number(let number)? = value { return number.literal }
    return value?.string
  }

  private static func number(
    _ value: JSONValue?, _ file: ScoreFile, _ record: Int, _ field: String
  ) throws(StageError) -> Double {
    guard let number = value?.double, number.isFinite else {
      throw StageError(
        "invalid-score", "is no finite number", source: file.source(record), field: field)
    }
    return number
  }
}
