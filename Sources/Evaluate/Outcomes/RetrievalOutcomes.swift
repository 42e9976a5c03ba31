/// What a search found for a set of queries, beside what it should have found.
public struct RetrievalOutcomes: Sendable, Equatable {
  /// One document that was found.
  public struct Document: Sendable, Equatable {
    /// The document's name: of equal scores, the greater name comes first, as in trec_eval.
    public let id: String
    /// What the search orders documents by, highest first; those that are no number come last.
    public let score: Double
    /// How relevant it truly is; 0 where it is not.
    public let relevance: Double

    /// Describes a document that was found.
    public init(id: String, score: Double, relevance: Double) {
      self.id = id
      self.score = score
      self.relevance = relevance
    }
  }

  /// One query.
  public struct Query: Sendable, Equatable {
    /// What was found, in any order.
    public let found: [Document]
    /// The relevances of documents that should have been found and were not.
    public let missed: [Double]

    /// Describes what a query found and missed.
    public init(found: [Document], missed: [Double] = []) {
      self.found = found
      self.missed = missed
    }
  }

  /// The queries.
  public let queries: [Query]

  /// Gathers queries.
  public init(queries: [Query]) { self.queries = queries }
}
