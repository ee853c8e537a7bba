import Settings

/// Where the running guard keeps the key holders' log, and gets what people sign.
struct KeyHolderFiles {
  /// The monitor's own key, and what it shares with each holder.
  struct Monitor {
    var keyFile: String
    var passphraseFile: String
    /// Folder of the files PERSON.marks.
    var marks: String
  }

  var log: String
  /// Folder into which people's signed files are put.
  var inbox: String
  /// Without it no mark of duress is read.
  var monitor: Monitor?
}

extension KeyHolderFiles {
  init(_ section: ConfigurationSection) throws(ConfigurationError) {
    log = try section.path("log")
    inbox = try section.path("inbox")
    let key = try section.optionalPath("monitorKeyFile")
    let passphrase = try section.optionalPath("monitorPassphraseFile")
    let marks = try section.optionalPath("marks")
    switch (key, passphrase, marks) {
    case (nil, nil, nil): monitor = nil
    case (let key?, let passphrase?, let marks?):
      monitor = Monitor(keyFile: key, passphraseFile: passphrase, marks: marks)
    default:
      throw section.error(
        "monitorKeyFile", "needs monitorPassphraseFile and marks beside it, or none of the three")
    }
  }
}
