import ArgumentParser
import Pipeline
import Report

/// `anneal report RUN`.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the page of a run: one self-contained HTML file; or serve a folder of runs.",
    discussion: """
      Example: anneal report runs/quickstart
               anneal report --serve runs --port 8765

      With --serve, a browser on this machine sees the list of runs, the page of each, and live
      curves of those under way, until Ctrl-C. Nothing is written.
      """)

  @Argument(help: "The folder of a run; with --serve, a folder of runs.", completion: .directory)
  var folder: String

  @Flag(help: "Serve pages to a browser instead of writing a file.")
  var serve = false

  @Option(help: ArgumentHelp("The port to serve on; 0 picks a free one.", valueName: "n"))
  var port = 8765

  @Option(
    help: ArgumentHelp(
      "The address to serve on. Whoever reaches another one than the default reads the runs.",
      valueName: "address"))
  var host = "127.0.0.1"

  @OptionGroup var common: CommonOptions

  func run() throws {
    guard serve else {
      let path = try ReportPage.write(ofRunAt: folder)
      return common.console.say("wrote \(path)")
    }
    let server = try ReportServer(folder: folder, host: host, port: port)
    common.console.say("serving \(folder) at \(server.address) until Ctrl-C")
    if !host.hasPrefix("127.") {
      common.console.say("note: every machine that reaches \(host) can read these runs")
    }
    Signals.endAtOnce()
    server.run()
  }
}
