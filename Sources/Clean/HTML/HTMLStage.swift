import Stages

/// `clean.html`: markup goes, what a browser would show stays.
enum HTMLStage {
  static let descriptor = StageDescriptor(
    "clean.html",
    "Strip HTML tags and decode character references; code between backticks stays as it is.",
    role: .cleaning, parameters: [CleanKeys.fields], example: "clean.html: {fields: input}"
  ) { values in
    FieldStage(
      fields: values[CleanKeys.fields], spares: { !HTMLStripper.holdsMarkup($0) },
      change: TextChange(utf8: { HTMLStripper.strip($0, to: &$1) }))
  }
}
