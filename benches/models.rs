//! How long it takes to read a Prisma schema and to say its SQL, by the number of its models.

use std::fmt::Write as _;
use std::path::PathBuf;

mod rounds;

use revgraph::prisma::{PrismaVersion, SourceFile, read, statements};
use rounds::{median, milliseconds, time};

const SIZES: [usize; 3] = [50, 200, 800];

fn main() {
    println!("| models | read | SQL |");
    println!("|--:|--:|--:|");
    for size in SIZES {
        let files = [SourceFile { path: PathBuf::from("schema.prisma"), text: text(size) }];
        let reading = median(|| time(|| read(&files)));
        let schema = read(&files).expect("a sound schema");
        let writing = median(|| time(|| statements(&schema, PrismaVersion::LATEST)));
        println!("| {size} | {} | {} |", milliseconds(reading), milliseconds(writing));
    }
}

/// Models of a dozen fields, each related to one before it, with an index and an enum.
fn text(size: usize) -> String {
    let mut text = "datasource db {\n  provider = \"postgresql\"\n}\n\nenum Mood {\n  happy\n  sad @map(\"not happy\")\n}\n".to_owned();
    for number in 0..size {
        let parent = number / 2;
        write!(
            text,
            "\n/// Number {number}.\nmodel Model{number} {{\n  id Int @id @default(autoincrement())\n  name String @unique @db.VarChar(80)\n  mood Mood @default(happy)\n  createdAt DateTime @default(now()) @map(\"created_at\")\n  price Decimal @default(1.50) @db.Decimal(10, 2)\n  tags String[] @default([\"a\", \"b\"])\n  note String? // a remark\n  parentId Int? @map(\"parent_id\")\n  parent Model{parent}? @relation(\"r{number}\", fields: [parentId], references: [id], onDelete: Cascade)\n"
        )
        .expect("a text");
        for child in [2 * number, 2 * number + 1].into_iter().filter(|child| *child < size) {
            writeln!(text, "  child{child} Model{child}[] @relation(\"r{child}\")").expect("a text");
        }
        text.push_str("\n  @@index([mood, createdAt(sort: Desc)])\n");
        writeln!(text, "  @@map(\"model_{number}\")\n}}").expect("a text");
    }
    text
}
