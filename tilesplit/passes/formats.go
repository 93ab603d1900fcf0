package passes

// Transfer is how an image's pixels travel, bit by bit.
type Transfer struct {
	Format, Type uint32 // as glReadPixels and glTexSubImage2D take them
	Bytes        int    // a pixel
}

const unsignedByte = 0x1401

// sample gives that of one sample of an image with several a pixel. A depth is a float that leads to it where it is drawn.
func (t Transfer) sample() Transfer {
	switch t.Format {
	case 0x1902:
		t.Type, t.Bytes = 0x1406, 4
	case 0x84F9:
		t.Type, t.Bytes = 0x8DAD, 8
	}
	return t
}

// transferOf gives that of an internal format; ok: there is an exact one. kind is the type of an image without a sized format.
func transferOf(format, kind uint32) (t Transfer, ok bool) {
	const (
		rgba, red, rg, rgb  = 0x1908, 0x1903, 0x8227, 0x1907
		depth, depthStencil = 0x1902, 0x84F9
		unsignedWord        = 0x1405
		float, half         = 0x1406, 0x140B
		rgbaInteger         = 0x8D99
	)
	switch format {
	case rgba, red, rg, rgb:
		if kind != unsignedByte {
			return t, false
		}
		return Transfer{rgba, unsignedByte, 4}, true
	case 0x8058, 0x8051, 0x8229, 0x822B, 0x8056, 0x8057, 0x8D62: // GL_RGBA8, RGB8, R8, RG8, RGBA4, RGB5_A1, RGB565
		return Transfer{rgba, unsignedByte, 4}, true
	case 0x8059: // GL_RGB10_A2
		return Transfer{rgba, 0x8368, 4}, true // GL_UNSIGNED_INT_2_10_10_10_REV
	case 0x8C3A: // GL_R11F_G11F_B10F
		return Transfer{rgb, 0x8C3B, 4}, true // GL_UNSIGNED_INT_10F_11F_11F_REV
	case 0x822D, 0x822F, 0x881A, 0x881B: // GL_R16F, RG16F, RGBA16F, RGB16F
		return Transfer{rgba, half, 8}, true
	case 0x822A, 0x822C, 0x805B: // GL_R16, RG16, RGBA16
		return Transfer{rgba, 0x1403, 8}, true // GL_UNSIGNED_SHORT
	case 0x822E: // GL_R32F
		return Transfer{red, float, 4}, true
	case 0x8230, 0x8814, 0x8815: // GL_RG32F, RGBA32F, RGB32F
		return Transfer{rgba, float, 16}, true
	case 0x8232, 0x8234, 0x8236, 0x8238, 0x823A, 0x823C, 0x8D7C, 0x8D76, 0x8D70: // GL_R8UI … RGBA32UI
		return Transfer{rgbaInteger, unsignedWord, 16}, true
	case 0x8231, 0x8233, 0x8235, 0x8237, 0x8239, 0x823B, 0x8D8E, 0x8D88, 0x8D82: // GL_R8I … RGBA32I
		return Transfer{rgbaInteger, 0x1404, 16}, true // GL_INT
	case depth, 0x81A5, 0x81A6, 0x81A7: // GL_DEPTH_COMPONENT…
		return Transfer{depth, unsignedWord, 4}, true
	case 0x8CAC: // GL_DEPTH_COMPONENT32F
		return Transfer{depth, float, 4}, true
	case depthStencil, 0x88F0: // GL_DEPTH24_STENCIL8
		return Transfer{depthStencil, 0x84FA, 4}, true // GL_UNSIGNED_INT_24_8
	case 0x8CAD: // GL_DEPTH32F_STENCIL8
		return Transfer{depthStencil, 0x8DAD, 8}, true // GL_FLOAT_32_UNSIGNED_INT_24_8_REV
	}
	return t, false
}
