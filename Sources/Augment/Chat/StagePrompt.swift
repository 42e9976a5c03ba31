import Stages
import TextKit

/// What a stage asks a model: its own words, or those of a user's file, with places for fields.
struct StagePrompt: Sendable {
  /// The words, which are part of what answers depend on.
  let text: String
  private let prompt: PromptText

  /// The prompt of a file, or the stage's own.
  ///
  /// - Parameters:
  ///   - file: The user's; nil for none.
  ///   - standard: The stage's.
  ///   - needs: The places that a prompt must have.
  ///   - offers: Others that it may have.
  /// - Throws: `Diagnostic` where the file cannot be read, lacks a place or has one that nothing fills.
  init(
    _ file: PathValue?, or standard: String, needs: [String], offers: [String] = []
  ) throws(Diagnostic) {
    text = try file.map { file throws(Diagnostic) in try Self.contents(of: file) } ?? standard
    prompt = PromptText(text)
    let name = file.map { "the prompt '\($0.written)'" } ?? "the prompt"
    for field in prompt.fields where !(needs + offers).contains(field) {
      throw Diagnostic(
        "\(name) has a place for '{\(field)}', which nothing fills",
        remedy: Suggestion.remedy(for: field, among: needs + offers))
    }
    for field in needs where !prompt.fields.contains(field) {
      throw Diagnostic(
        "\(name) has no place for '{\(field)}'", remedy: "write {\(field)} where it goes")
    }
  }

  private static func contents(of file: PathValue) throws(Diagnostic) -> String {
    do throws(FileError) {
      return String(decoding: try FileReader.contents(file.resolved), as: UTF8.self)
    } catch { throw Diagnostic("\(error)", remedy: "name a text file with 'prompt'") }
  }

  /// The prompt with values in its places.
  func filled(_ values: [String: String]) -> String {
    do throws(PromptText.MissingField) { return try prompt.filled(values) } catch {
      preconditionFailure("nothing fills '{\(error.name)}', which the prompt was checked for")
    }
  }
}
