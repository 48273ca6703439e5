// How well the guard works, and judging a sample: figures, the way through a text by keyboard, with script and without.
export async function guard({ base, visitor, signIn, picture, accessible, check, beyond }) {
  const marta = await signIn('marta');
  await marta.goto(`${base}/guard`);
  const words = await marta.locator('main').innerText();
  check('decisions are counted by rule', /By rule/.test(words) && await marta.locator('a[href="/rules#M1"]').count() > 0, words.slice(0, 400));
  check('nothing was judged, and no rate is made up', /not enough reviewed yet/.test(words));
  await picture(marta, 'guard');
  await accessible(marta, 'how well the guard works');
  await marta.goto(`${base}/guard/cues`);
  check('cues say from which score they show a sentence, and too few verdicts propose nothing', /too few judged/.test(await marta.locator('main').innerText()) && await marta.locator('main form').count() === 0);
  await picture(marta, 'guard-cues');
  await accessible(marta, 'learned cues');
  await marta.goto(`${base}/guard/sample`);
  check('who writes does not judge', /403|not allowed|may not/i.test(await marta.locator('body').innerText()), (await marta.locator('body').innerText()).slice(0, 200));

  const oliver = await signIn('oliver');
  await oliver.goto(`${base}/guard/sample`);
  await picture(oliver, 'guard-samples');
  await accessible(oliver, 'the samples');
  const next = oliver.locator('header .button.primary');
  if (await next.count() > 0) {
    await next.click();
    const where = oliver.url();
    await accessible(oliver, 'a text to be judged');
    check('what the guard said is not shown before', !/The guard said/.test(await oliver.locator('main').innerText()));
    await picture(oliver, 'guard-judge');
    const plain = await visitor({ javaScriptEnabled: false });
    await plain.context().addCookies(await oliver.context().cookies());
    await plain.goto(where);
    await plain.locator('form.judge button.primary').click();
    check('a sentence that was left out is asked for', /Say something of every sentence/.test(await plain.locator('main').innerText()));
    for (const group of await plain.locator('form.judge fieldset').all()) {
      await group.locator('input[type=radio]').first().focus();
      await plain.keyboard.press('Space');
    }
    await plain.locator('form.judge button.primary').click();
    check('a judged text tells what the guard said', /The guard said/.test(await plain.locator('main').innerText()));
    await picture(plain, 'guard-judged');
  }
  for (const locale of ['en-GB', 'es-ES']) {
    const phone = await signIn('oliver', { viewport: { width: 390, height: 844 }, locale });
    for (const [name, path] of [['guard', '/guard'], ['guard-cues', '/guard/cues'], ['guard-samples', '/guard/sample'], ['guard-judge', '/guard/sample/1']]) {
      await phone.goto(`${base}${path}`);
      check(`${name} fits on a phone (${locale})`, await beyond(phone) === '', await beyond(phone));
      await picture(phone, `${locale.slice(0, 2)}-phone-${name}`);
    }
  }
}
