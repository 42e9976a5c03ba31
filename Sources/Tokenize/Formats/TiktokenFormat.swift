import Foundation

/// tiktoken's ranks: a line a token, in base64, with its rank behind it.
enum TiktokenFormat: TokenizerFormat {
  static func load(
    _ folder: TokenizerFolder, _ name: String?
  ) throws(TokenizerError) -> Tokenizer? {
    return nil
  }
  /// Whether bytes are ranks.
  static func isRanks(_ bytes: [UInt8]) -> Bool { false }
}
