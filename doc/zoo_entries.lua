-- What doc/zoo.md shows, chapter by chapter. doc/zoo.lua runs the examples, and so do
-- spec/examples_spec.lua and .ci/run. `make zoo ARGS=name` adds a new one to the page.
-- The fields of an entry:
--   name       examples/<name>.lua
--   title, text  of its section; the text is a sentence or two
--   paper      where the network was published (optional)
--   arguments  of the run that is shown, beside --seed and --out: up to about a minute (optional)
--   quick      arguments of a run of about a second, for the specs
--   full       longer runs, written down by hand: { arguments, half of the processors' time, what
--              they reached } (optional)
--   pictures   files that it writes and that are shown, each of less than 60 KB
--   also       further files that it writes (optional)
return {
  {
    title = "Feed-forward and convolutional networks",
    {
      name = "xor", title = "Perceptron and XOR",
      text = "One neuron learns AND, OR and NOT, but not XOR; a network with two hidden neurons "
        .. "does.",
      paper = "Rosenblatt 1958; Minsky and Papert 1969",
      quick = { "--epochs", "60" },
      pictures = { "xor.png" },
    },
    {
      name = "mlp", title = "The textbook's multi-layer perceptron",
      text = "Sigmoid units, squared error, plain back-propagation, per sample and per batch, on "
        .. "words (one-hot) and numbers (scaled to 0 ... 1).",
      paper = "Rumelhart, Hinton and Williams 1986; data: Quinlan 1986",
      quick = {},
      pictures = { "mlp.svg" },
    },
    {
      name = "deep_mlp", title = "Vanishing and exploding gradients, and their cure",
      text = "Ten hidden layers with the classic recipe, with large weights, with He's "
        .. "initialization, and with all that is usual today.",
      paper = "Hochreiter 1991; He et al. 2015; Ioffe and Szegedy 2015",
      quick = { "--epochs", "1" },
      full = {
        { "--setting full", "2 s", "classic=10.42 large=9.86 he=96.62 modern=97.75" },
      },
      pictures = { "deep_mlp.svg" },
    },
    {
      name = "lenet", title = "LeNet-5, today's way",
      text = "A convolutional network with max pooling, ReLU and cross-entropy reads handwritten "
        .. "digits.",
      paper = "LeCun, Bottou, Bengio, Haffner 1998",
      quick = { "--epochs", "1", "--samples", "64" },
      pictures = { "lenet-filters.png", "lenet-confusion.png", "lenet-curve.svg" },
    },
    {
      name = "fashion", title = "Clothes, by a residual network",
      text = "Random mirror images and shifts, smoothed labels, one cycle of the learning "
        .. "rate, averaged weights. Here a narrow network learns from a third of the "
        .. "pictures. Those shown it took for something else, whose name is below.",
      paper = "He et al. 2016; data: Xiao, Rasul and Vollgraf 2017",
      quick = { "--data", "digits", "--epochs", "1", "--samples", "128" },
      full = {
        { "--net mlp --setting full", "11 s", "accuracy=89.68" },
        { "--net lenet --setting full", "1 min", "accuracy=91.45" },
        { "--setting full", "17 min", "accuracy=94.15" },
      },
      pictures = { "fashion.png" },
      also = { "fashion-confusion.png", "fashion-curve.svg" },
    },
    {
      name = "transfer", title = "Transfer to new classes",
      text = "A network that knows six digits learns the other four from a few labels: with its "
        .. "features frozen, then with all layers tuned, and from scratch.",
      paper = "Yosinski, Clune, Bengio and Lipson 2014",
      quick = { "--draws", "1" },
      pictures = { "transfer.svg" },
    },
  },
  {
    title = "Recurrent networks",
    {
      name = "charlm", title = "A character language model",
      text = "An LSTM reads The Devil's Dictionary in streams side by side and learns to write "
        .. "like it.",
      paper = "Graves 2013; Karpathy 2015",
      quick = { "--epochs", "1", "--characters", "20000", "--length", "40" },
      pictures = { "charlm.svg" },
    },
    {
      name = "rows", title = "Pictures read row by row",
      text = "Elman's network, LSTM and GRU classify digits after their last row.",
      paper = "Elman 1990; Hochreiter and Schmidhuber 1997; Cho et al. 2014",
      quick = { "--epochs", "2", "--samples", "200" },
      full = {
        { "--setting full", "11 s", "elman=98.59 lstm=99.44 gru=99.44" },
      },
      pictures = { "rows.svg" },
    },
    {
      name = "adding", title = "The adding problem",
      text = "Two of 60 numbers are marked and are to be added at the end: LSTM and GRU learn it, "
        .. "Elman's network does no better than a constant.",
      paper = "Hochreiter and Schmidhuber 1997; Tallec and Ollivier 2018",
      quick = { "--steps", "20", "--length", "10" },
      full = {
        { "--setting full", "2.2 min",
          "length=150 constant=0.1603 elman=0.15954 lstm=0.00003 gru=0.00001" },
      },
      pictures = { "adding.svg" },
    },
  },
  {
    title = "Energy-based networks",
    {
      name = "hopfield", title = "Hopfield networks",
      text = "Random patterns are stored until recall breaks down, near 0.138 patterns a unit; "
        .. "damaged digits come back from networks that learned by Hebb's and Storkey's rules, and "
        .. "from the modern network with continuous states.",
      paper = "Hopfield 1982; Storkey 1997; Ramsauer et al. 2020",
      quick = { "--units", "100" },
      pictures = { "hopfield.png", "hopfield-capacity.svg" },
    },
    {
      name = "boltzmann", title = "Boltzmann machine",
      text = "Two groups of four units that show the same, connected through two hidden units "
        .. "alone: the machine invents a code of two bits.",
      paper = "Ackley, Hinton and Sejnowski 1985",
      quick = { "--epochs", "50", "--attempts", "2" },
      full = {
        { "--setting full", "6 s", "divergence=0.0117 codes=4/4 completed=0.972" },
      },
      pictures = { "boltzmann.png", "boltzmann-curve.svg" },
    },
    {
      name = "rbm", title = "Restricted Boltzmann machine",
      text = "Learns to draw clothes without labels; annealed importance sampling tells how "
        .. "probable it makes new pictures. From the top: pictures, their reconstructions, "
        .. "filters, drawings.",
      paper = "Hinton 2002; Tieleman 2008; Salakhutdinov and Murray 2008",
      quick = { "--data", "digits", "--epochs", "2", "--samples", "200", "--steps", "20",
        "--check", "8" },
      pictures = { "rbm.png" },
    },
    {
      name = "dbn", title = "Deep belief network",
      text = "Learns digits layer by layer, then reads them and draws those it is asked for, a row "
        .. "for each; what it learned without labels helps a network that has few of them.",
      paper = "Hinton, Osindero and Teh 2006",
      quick = { "--epochs", "1", "--samples", "100", "--steps", "5", "--tuning", "2" },
      pictures = { "dbn.png" },
    },
    {
      name = "autoencoder", title = "Deep and denoising autoencoders",
      text = "Eight numbers for each digit: principal components, sigmoid units from random "
        .. "weights and from those of restricted Boltzmann machines, and ReLU. A denoising one "
        .. "mends pictures of which pixels are missing.",
      paper = "Hinton and Salakhutdinov 2006; Vincent et al. 2008",
      quick = { "--epochs", "1", "--samples", "100" },
      full = {
        { "--setting full", "12 s",
          "pca=1.520 scratch=1.098 pretrained=0.612 modern=0.817 damaged=6.015 mended=1.401" },
      },
      pictures = { "autoencoder.png" },
    },
    {
      name = "vae", title = "Variational autoencoders",
      text = "Every digit gets a place on a plane, and every place a digit; a conditional network "
        .. "draws the digits that it is asked for, a row for each.",
      paper = "Kingma and Welling 2014; Sohn, Lee and Yan 2015",
      quick = { "--epochs", "1", "--samples", "100" },
      pictures = { "vae-plane.png", "vae-codes.png", "vae-conditional.png" },
    },
  },
  {
    title = "Self-organizing networks",
    {
      name = "hebb", title = "Hebb's, Oja's and Sanger's rules",
      text = "What Sanger's rule learned from digits (above) are the principal components that "
        .. "linear algebra finds (below).",
      paper = "Hebb 1949; Oja 1982; Sanger 1989",
      quick = { "--epochs", "5" },
      full = {
        { "--setting full", "2 s", "accuracy=88.45 cosine=1.0000 left=0.7102 best=0.7101" },
      },
      pictures = { "hebb.png" },
    },
    {
      name = "art", title = "Adaptive resonance",
      text = "ART 1 finds categories of digits, finer with more vigilance; fuzzy ARTMAP learns "
        .. "a circle from 100, 1,000 and 10,000 points in one pass, and to read digits.",
      paper = "Carpenter and Grossberg 1987; Carpenter et al. 1992",
      quick = { "--points", "500", "--samples", "100" },
      full = {
        { "--setting full", "2 s", "categories=89/460/836 circle=98.17 digits=86.82 voting=93.24" },
      },
      pictures = { "art.png", "art-circle.png" },
    },
    {
      name = "som", title = "Self-organizing map",
      text = "Without a teacher, similar digits come to lie side by side: the prototypes; how far "
        .. "each is from its neighbours; what each turned out to stand for.",
      paper = "Kohonen 1982; Ultsch 1993",
      quick = {},
      full = {
        { "--setting full", "1 s", "quantization=1.0895 topographic=0.1127 accuracy=96.06" },
      },
      pictures = { "som.png", "som-borders.png" },
    },
  },
  {
    title = "Adversarial networks",
    {
      name = "cdcgan", title = "Conditional DCGAN",
      text = "One network draws digits of the class it is asked for, another tells them from real "
        .. "ones; a third, trained on real ones, judges.",
      paper = "Goodfellow et al. 2014; Mirza and Osindero 2014; Radford, Metz and Chintala 2016",
      quick = { "--epochs", "1", "--samples", "64" },
      full = {
        { "--data fashion", "3 min", "classifier=91.31 variety=0.960 as_asked=91.10" },
      },
      pictures = { "cdcgan.png" },
      also = { "cdcgan-animation.png", "cdcgan-epochs/001.png", "cdcgan-nearest.png" },
    },
    {
      name = "gan_ring", title = "Collapse on a ring of Gaussians",
      text = "Eight Gaussians in the plane: a slow discriminator lets all samples gather in one "
        .. "place, which is said in words; the gradient penalty finds all eight. A row for each "
        .. "recipe, real samples at the right.",
      paper = "Metz, Poole, Pfau and Sohl-Dickstein 2017; Gulrajani et al. 2017",
      quick = { "--steps", "30" },
      full = {
        { "--setting full", "17 s", "slow=0/8 equal=4/8 squares=4/8 penalty=8/8" },
      },
      pictures = { "gan_ring.png", "gan_ring.svg" },
    },
    {
      name = "gan", title = "GAN, DCGAN, LSGAN, hinge, WGAN, WGAN-GP, ACGAN, InfoGAN",
      text = "The same digits by eight recipes, a row for each; the last row is real. The numbers "
        .. "are Frechet distances in the features of a classifier; `floor` is that of real images "
        .. "from each other.",
      paper = "Goodfellow et al. 2014; Radford, Metz and Chintala 2016; Mao et al. 2017; Miyato et "
        .. "al. 2018; Arjovsky, Chintala and Bottou 2017; Gulrajani et al. 2017; Odena, Olah and "
        .. "Shlens 2017; Chen et al. 2016",
      arguments = { "--kind", "all" },
      quick = { "--kind", "all", "--epochs", "1", "--samples", "64" },
      pictures = { "gan.png" },
      also = { "gan-acgan.png", "gan-wgan-gp-animation.png" },
    },
  },
  {
    title = "Training and data",
  },
  {
    title = "Pictures",
    {
      name = "filters", title = "Filters",
      text = "Kernels, medians, colours and places: what filters do to a picture.",
      quick = { "--size", "48" },
      pictures = { "filters.png" },
    },
  },
}
