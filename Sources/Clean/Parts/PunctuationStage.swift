import Records
import Stages

/// `clean.punctuation`: marks of other scripts and typographic ones become those of ASCII.
enum PunctuationStage {
  /// As Data-Juicer has them, but for the full-width digit １, which it makes a quotation mark.
  private static let marks: [Unicode.Scalar: String] = [
    "，": ",", "。": ".", "、": ",", "„": "\"", "”": "\"", "“": "\"", "«": "\"", "»": "\"",
    "」": "\"", "「": "\"", "《": "\"", "》": "\"", "´": "'", "∶": ":", "：": ":", "？": "?",
    "！": "!", "（": "(", "）": ")", "；": ";", "–": "-", "—": " - ", "．": ". ", "～": "~",
    "’": "'", "…": "...", "━": "-", "〈": "<", "〉": ">", "【": "[", "】": "]", "％": "%", "►": "-",
  ]

  static let descriptor = EditStage.descriptor(
    "clean.punctuation",
    "Write punctuation of other scripts and typographic marks as ASCII has them."
  ) { _ in replaced }

  @Sendable private static func replaced(in text: String) -> Edit {
    guard text.unicodeScalars.contains(where: { marks[$0] != nil }) else { return Edit(text: text) }
    var edit = Edit(text: "")
    for scalar in text.unicodeScalars {
      if let mark = marks[scalar] {
        edit.text += mark
        edit.count += 1
      } else {
        edit.text.unicodeScalars.append(scalar)
      }
    }
    return edit
  }
}
