import Evaluate
import Models
import Records
import Report
public import Stages
import Tokenize
import Train

/// A fault of what the user gave, as against one of the machine or the program.
///
/// The command line ends with 2 for these and with 1 for others.
public protocol InputFault: Error {}

extension Diagnostic: InputFault {}
extension Diagnostics: InputFault {}
extension StageError: InputFault {}
extension SchemaError: InputFault {}
extension JSONError: InputFault {}
extension ModelError: InputFault {}
extension MetricError: InputFault {}
extension TextModelError: InputFault {}
extension ReportError: InputFault {}
extension ServeError: InputFault {}
extension TokenizerError: InputFault {}
extension TrainingError: InputFault {}

extension FileError {
  /// Whether the file was to be read: then it is an input that is wrong, else the disk is.
  public var isAboutInput: Bool { ["open", "read", "list"].contains(operation) }
}
