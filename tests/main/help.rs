//! The help is prose, and is tested.

use crate::support::{House, Ran};
use std::fs;
use std::path::Path;

const COMMANDS: [&str; 15] = [
    "update",
    "add",
    "status",
    "ingest",
    "publish",
    "search",
    "list",
    "stats",
    "show",
    "diff",
    "explain",
    "extract",
    "date",
    "completions",
    "man",
];

fn asked(arguments: &[&str]) -> String {
    let ran: Ran = House::empty().at("", arguments);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{arguments:?}");
    ran.stdout
}

#[test]
fn every_command_has_one_line_one_paragraph_and_two_examples() {
    for command in COMMANDS {
        let help = asked(&["help", command]);
        assert_eq!(asked(&[command, "--help"]), help, "{command}");
        let parts: Vec<&str> = help.split("\n\n").collect();
        assert_eq!(parts[0].lines().count(), 1, "{command}: {}", parts[0]);
        assert!(!parts[0].ends_with('.'), "{command}: {}", parts[0]);
        assert!(parts[1].ends_with('.') && parts[1].len() > 60, "{command}: {}", parts[1]);
        assert!(parts[2].starts_with(&format!("Usage: depesche {command} ")), "{command}: {}", parts[2]);
        let examples = parts.last().unwrap().trim_end();
        let examples: Vec<&str> = examples.lines().collect();
        assert_eq!((examples[0], examples.len()), ("Examples:", 3), "{command}");
        for example in &examples[1..] {
            assert!(
                example.starts_with("  ") && example.contains(&format!("depesche {command}")),
                "{command}: {example}"
            );
        }
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{command}: a line is too long");
    }
}

#[test]
fn the_overview_lists_every_command_with_its_line_and_the_exit_statuses() {
    let help = asked(&["help"]);
    let listed: Vec<&str> = help
        .split("Commands:\n")
        .nth(1)
        .unwrap()
        .lines()
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_whitespace().next().unwrap())
        .collect();
    assert_eq!(listed, [&COMMANDS[..], &["help"]].concat());
    for command in COMMANDS {
        let line = asked(&["help", command]).lines().next().unwrap().to_owned();
        assert!(help.contains(&line), "{line}");
    }
    for status in ["0 done", "1 done, but", "2 wrong usage", "4 another process", "130 and 143"] {
        assert!(help.contains(status), "{status}");
    }
}

#[test]
fn the_readme_shows_the_help_as_it_is() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let block = readme.split("<!-- help -->\n```").nth(1).and_then(|rest| rest.split("```\n<!-- /help -->").next());
    let block = block.expect("README.md has a block between <!-- help --> and <!-- /help -->");
    let (_, block) = block.split_once('\n').unwrap();
    assert_eq!(block, asked(&["--help"]));
}

#[test]
fn the_examples_of_the_help_are_understood() {
    // With --help behind it a command line is taken apart and not run.
    for command in COMMANDS {
        let help = asked(&["help", command]);
        for example in help.split("Examples:\n").nth(1).unwrap().lines() {
            let own = example.split('|').find(|part| part.trim().starts_with("depesche ")).unwrap();
            let mut arguments: Vec<String> = Vec::new();
            for (n, part) in own.trim().split('\'').enumerate() {
                match n % 2 {
                    0 => arguments.extend(part.split_whitespace().map(str::to_owned)),
                    _ => arguments.push(part.to_owned()),
                }
            }
            let mut arguments: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
            arguments.push("--help");
            assert!(asked(&arguments).contains("Usage: depesche"), "{example}");
        }
    }
}

#[test]
fn an_unknown_command_is_answered_with_the_nearest_known_one() {
    let ran = House::empty().at("", &["updat"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("'update'"), "{}", ran.stderr);
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(asked(&["--version"]), format!("depesche {}\n", env!("CARGO_PKG_VERSION")));
}
