import ArgumentParser
import Foundation
import Pipeline
import Stages

/// Turns every fault into words on standard error and an exit code.
enum Failure {
  /// Ends the program: 1 failed, 2 the input or file is wrong, 130 interrupted.
  static func exit(with error: any Error, in command: any ParsableCommand.Type) -> Never {
    let console = Console(level: .normal)
    switch error {
    case is Interrupted:
      console.say("\(error)")
      Foundation.exit(130)
    case let diagnostics as Diagnostics:
      for diagnostic in diagnostics.list { report("\(diagnostic)", console) }
      let count = diagnostics.list.count
      if count > 1 { console.say("\(count) faults") }
      Foundation.exit(2)
    case let code as ExitCode:
      Foundation.exit(code.rawValue)
    default:
      if isUsage(error) { exitFromParser(error, command) }
      report("\(error)", console)
      Foundation.exit(isInput(error) ? 2 : 1)
    }
  }

  private static func report(_ text: String, _ console: Console) {
    console.say("\(console.red("error:")) \(text.printableLines)")
  }

  /// Faults of what was read, as against faults of the machine or the program.
  private static func isInput(_ error: any Error) -> Bool {
    if let error = error as? FileError { return error.isAboutInput }
    return error is any InputFault
  }

  private static func isUsage(_ error: any Error) -> Bool {
    let type = String(reflecting: type(of: error))
    return type.hasPrefix("ArgumentParser.")
  }

  /// Help and version go to standard output with 0; a wrong command line is 2, not 64.
  private static func exitFromParser(
    _ error: any Error, _ command: any ParsableCommand.Type
  ) -> Never {
    let text = command.fullMessage(for: error)
    if command.exitCode(for: error) == .success {
      Output.write(text + "\n")
      Foundation.exit(0)
    }
    FileHandle.standardError.write(Data((text + "\n").utf8))
    Foundation.exit(2)
  }
}
