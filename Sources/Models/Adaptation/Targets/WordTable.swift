/// What architectures call the table of words' vectors.
enum WordTable {
  private static let names = ["word_embeddings", "wte", "embed_tokens", "shared"]

  /// Whether a module's name is that of such a table.
  static func isNamed(_ module: String) -> Bool {
    names.contains { TargetSelection.ends(module, in: $0) }
  }
}
