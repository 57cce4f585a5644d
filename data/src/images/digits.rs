//! The digits that are in the program.

use std::io::Read;

use super::Images;

/// E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository (1998), CC BY 4.0: see
/// digits-LICENSE.txt beside it.
const DIGITS: &[u8] = include_bytes!("digits.csv.gz");
/// Pixels count the dark points of 4 x 4 blocks of a scan.
const DARKEST: f32 = 16.0;

impl Images {
    /// 1797 handwritten digits of 8 x 8 pixels, in the program itself.
    ///
    /// The test part of "Optical Recognition of Handwritten Digits" (Alpaydin & Kaynak 1998, UCI Machine Learning Repository,
    /// <https://doi.org/10.24432/C50P49>, CC BY 4.0), grey values of 0 to 16 divided by 16.
    ///
    /// ```
    /// let digits = data::Images::digits();
    /// assert_eq!((digits.len(), digits.width(), digits.height(), digits.classes().len()), (1797, 8, 8, 10));
    /// assert_eq!(digits.image(0)[2..5], [5.0 / 16.0, 13.0 / 16.0, 9.0 / 16.0]);
    /// assert_eq!(digits.labels()[..3], [0, 1, 2]);
    /// ```
    pub fn digits() -> Self {
        let mut text = String::new();
        flate2::read::GzDecoder::new(DIGITS).read_to_string(&mut text).expect("the program's own file");
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for line in text.lines() {
            let mut values = line.split(',').map(|value| value.parse::<u8>().expect("the program's own numbers"));
            pixels.extend(values.by_ref().take(64).map(|grey| f32::from(grey) / DARKEST));
            labels.extend(values.map(usize::from));
        }
        Images::new(8, 8, pixels, labels, (0..10).map(|digit| digit.to_string()).collect())
            .expect("the program's own digits")
    }
}
