import Stages

/// A program that shows the curves of a training from files of its own form.
enum ReportTarget: String, ChoiceValue {
  /// Event files below `tensorboard/`.
  case tensorboard
  /// None of them.
  case none
}
